import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { listConcerned } from '@prism-build/dev';
import { readDigestJson } from '@prism-build/oci';
import { imageDirectory, targetName } from '@prism-build/workspace';
import type { ChangeQueue } from './changes';
import type { DevComponent } from './component';
import { awaitMember, type Member, say, seconds, tellEnd, updateMember } from './member';
import { type NxProcess, startNx } from './nxProcess';
import type { Tests } from './tests';
import type { Watching } from './watch';

export interface Loop {
  readonly root: string;
  readonly members: readonly Member[];
  readonly variant: string | undefined;
  /** Files that only another pod brings: stack.yaml; absolute. */
  readonly definitions: readonly string[];
  readonly watching: Watching;
  readonly changes: ChangeQueue;
  /** Aborted when the containers have ended. */
  readonly over: AbortSignal;
  /** Milliseconds. */
  readonly timeout: number;
  readonly idle: number;
  /** By component: its tests, which run after each of its changes. */
  readonly tests: ReadonlyMap<string, Tests>;
  /** Components whose tests run once another image was made, or could not be made. */
  readonly due: Set<string>;
}

/** What a loop begins with. */
export type LoopBegin =
  /** Programs that have just been started. */
  | 'started'
  /** Programs that run already. */
  | 'kept'
  /** The same, but another image was needed and could not be made, so each real change tries again. */
  | 'lacking';

/** Why the loop ended: the containers did, or files changed that only another pod or another image brings. */
export type LoopEnd =
  | { readonly kind: 'over' }
  | { readonly kind: 'pod' | 'image'; readonly paths: readonly string[] };

/** Waits for the first answer of each program, then keeps them current until the containers end or need another image. */
export async function runLoop(loop: Loop, begin: LoopBegin): Promise<LoopEnd> {
  const { members, watching, changes, over, tests, due } = loop;
  let building: NxProcess | undefined;
  // Each project's own: a save in one does not end the tests of another.
  const testing = new Map<string, NxProcess>();
  const test = (project: string) => {
    testing.get(project)?.stop();
    if (tests.has(project)) testing.set(project, runTests(loop, project));
  };
  const stopAll = () => {
    for (const one of [building, ...testing.values()]) one?.stop();
  };
  const followAll = () =>
    watching.follow([
      ...loop.definitions,
      ...members.flatMap(({ component }) => [...component.reads(), stateFile(component)]),
      ...[...tests.values()].flatMap((one) => one.list()),
    ]);
  const gone = aborted(over);
  followAll();
  if (begin === 'started')
    await Promise.all(members.map((one) => awaitMember(loop, one, 0, performance.now())));
  for (const project of due) test(project);
  due.clear();
  let built = begin === 'lacking';
  for (;;) {
    const next = await changes.next(over, built ? 0 : loop.idle);
    if (next.kind === 'over') {
      stopAll();
      return { kind: 'over' };
    }
    if (next.kind === 'idle') {
      built = true;
      building = buildImages(loop);
      continue;
    }
    for (const { component } of members) tellEnd(component);
    const states = members.map(({ component }) => stateFile(component));
    const paths = next.paths.filter((path) => !states.includes(path) && !isOfSession(path, members));
    if (paths.length === 0) continue;
    building?.stop();
    built = false;
    await awaitGit(loop.root, over);
    const defining = paths.filter((path) => loop.definitions.includes(path));
    if (defining.length > 0) {
      stopAll();
      return { kind: 'pod', paths: defining.map((path) => relative(loop.root, path)) };
    }
    const reads = members.map(({ component }) => component.reads());
    const concerned = listConcerned(loop.root, reads, paths);
    for (const [at, member] of members.entries()) {
      if (concerned[at]!.length === 0) continue;
      const update = await updateMember(loop, member, concerned[at]!, gone);
      followAll();
      if (!update) continue;
      const isReal = update.kind !== 'none';
      const { project } = member.component;
      if (isReal && (update.kind === 'image' || begin === 'lacking')) {
        due.add(project);
        stopAll();
        return { kind: 'image', paths: update.paths };
      }
      // The image has no tests, so a change of a test alone is no update.
      const isOther = tests.get(project)?.areOther(concerned[at]!) === true;
      if (isReal || isOther) test(project);
    }
  }
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

/** Builds the real images with nx, as their targets do, and prints their digests. */
function buildImages({ root, variant, members }: Loop): NxProcess {
  const begun = performance.now();
  const target = targetName('build-image', variant);
  const projects = members.map(({ component }) => component.project);
  const building = startNx(root, ['run-many', '-t', target, `--projects=${projects.join(',')}`], true);
  void building.ended.then(async ({ ok, text }) => {
    if (!ok)
      return text === '' ? undefined : say(`${projects.join(', ')} could not be built as an image\n${text}`);
    for (const project of projects) {
      const image = await readDigestJson(imageDirectory(root, project, variant));
      if (image.ok) say(`${project}: the image is ${image.value.index.digest}, built in ${seconds(begun)}`);
    }
  });
  return building;
}

function runTests({ root }: Loop, project: string): NxProcess {
  const begun = performance.now();
  const testing = startNx(root, ['test', project]);
  void testing.ended.then(({ ok, text }) => {
    if (ok) say(`${project}: tests passed in ${seconds(begun)}`);
    else if (text !== '')
      process.stdout.write(`${text}\n  ${project}: tests failed after ${seconds(begun)}\n`);
  });
  return testing;
}

/** While git switches branches, files are those of two branches. */
async function awaitGit(root: string, over: AbortSignal): Promise<void> {
  const lock = join(root, '.git', 'index.lock');
  for (const end = Date.now() + 5000; existsSync(lock) && Date.now() < end && !over.aborted; )
    await sleep(20);
}

const stateFile = ({ session }: DevComponent): string => join(session.directory, 'shim', 'state');

function isOfSession(path: string, members: readonly Member[]): boolean {
  return members.some(
    ({ component }) =>
      path.startsWith(`${component.session.directory}/`) || path === component.session.directory,
  );
}
