import { existsSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Update } from '@prism-build/dev';
import { renderFailures } from '@prism-build/errors';
import { readDigestJson } from '@prism-build/oci';
import { imageDirectory, targetName } from '@prism-build/workspace';
import { awaitProgram, describeEnd, type ReadyProbe } from './awaitProgram';
import type { ChangeQueue } from './changes';
import type { DevComponent } from './component';
import { type NxProcess, startNx } from './nxProcess';
import type { Watching } from './watch';

/** A component, and how its container shows that it is ready. */
export interface Member {
  readonly component: DevComponent;
  readonly probe: ReadyProbe;
}

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
  readonly test: boolean;
}

/** Why the loop ended: the containers did, or files changed that only another image brings. */
export type LoopEnd =
  | { readonly kind: 'over' }
  | { readonly kind: 'image'; readonly paths: readonly string[] };

const say = (text: string): void => void process.stdout.write(`  ${text}\n`);

/** Waits for the first answer of each program, then keeps them current until the containers end or need another image. */
export async function runLoop(loop: Loop, fresh: boolean): Promise<LoopEnd> {
  const { members, watching, changes, over } = loop;
  const background: NxProcess[] = [];
  const stop = () => {
    for (const one of background.splice(0)) one.stop();
  };
  const followAll = () =>
    watching.follow([
      ...loop.definitions,
      ...members.flatMap(({ component }) => [...component.reads(), stateFile(component)]),
    ]);
  const gone = aborted(over);
  followAll();
  if (fresh) await Promise.all(members.map((one) => awaitMember(loop, one, 0, performance.now(), '')));
  let built = false;
  const told = new Map<DevComponent, number>();
  for (;;) {
    const next = await changes.next(over, built ? 0 : loop.idle);
    if (next.kind === 'over') {
      stop();
      return { kind: 'over' };
    }
    if (next.kind === 'idle') {
      built = true;
      background.push(buildImages(loop));
      continue;
    }
    for (const { component } of members) tellEnd(component, told);
    const states = members.map(({ component }) => stateFile(component));
    const paths = next.paths.filter((path) => !states.includes(path) && !isOfSession(path, members));
    if (paths.length === 0) continue;
    stop();
    built = false;
    await awaitGit(loop.root, over);
    const defining = paths.filter((path) => loop.definitions.includes(path));
    if (defining.length > 0)
      return { kind: 'image', paths: defining.map((path) => relative(loop.root, path)) };
    for (const member of members) {
      const update = await updateMember(loop, member, paths, gone);
      followAll();
      if (update?.kind === 'image') return { kind: 'image', paths: update.paths };
      if (update && update.kind !== 'none' && loop.test) background.push(runTests(loop, member.component));
    }
  }
}

/** Updates a component, and says what was done. Undefined after a failure, which leaves the program as it was. */
async function updateMember(
  loop: Loop,
  member: Member,
  paths: readonly string[],
  gone: Promise<undefined>,
): Promise<Update | undefined> {
  const { component } = member;
  const begun = performance.now();
  // A compile that goes on after the end changes nothing: its results are beside the real ones.
  const update = await Promise.race([component.update(paths), gone]);
  if (!update) return undefined;
  const prepared = performance.now();
  if (!update.ok) {
    process.stdout.write(`${renderFailures(update.failures)}\n`);
    say(`${component.project} stays as it was`);
    return undefined;
  }
  const { kind } = update.value;
  if (kind === 'files')
    say(`${component.project}: ${listNames(update.value.paths)} replaced in ${seconds(begun)}`);
  if (kind === 'restart') {
    const request = component.session.request();
    const how = ` (${((prepared - begun) / 1000).toFixed(2)} s for ${listNames(update.value.paths)})`;
    await awaitMember(loop, member, request, begun, how);
  }
  return update.value;
}

async function awaitMember(
  { timeout, over }: Loop,
  { component, probe }: Member,
  request: number,
  begun: number,
  how: string,
): Promise<void> {
  const readiness = await awaitProgram(component.session, request, probe, timeout, over);
  if (readiness.ready) say(`${component.project} ready after ${seconds(begun)}${how}`);
  else if (!over.aborted) say(`${component.project} ${readiness.why}; the next change starts it again`);
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

/** Says once that a program has ended by itself. */
function tellEnd(component: DevComponent, told: Map<DevComponent, number>): void {
  const state = component.session.state();
  if (!state || state.kind === 'running' || told.get(component) === state.start) return;
  told.set(component, state.start);
  say(`${component.project} ${describeEnd(state)}; the next change starts it again`);
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

function runTests({ root }: Loop, { project }: DevComponent): NxProcess {
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

function listNames(paths: readonly string[]): string {
  const [first = ''] = paths;
  return paths.length > 1 ? `${basename(first)} and ${paths.length - 1} more` : basename(first);
}

const seconds = (begun: number): string => `${((performance.now() - begun) / 1000).toFixed(2)} s`;
