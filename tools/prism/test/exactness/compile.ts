import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Tree } from '@prism-build/assemble';
import { buildOptions, findToolchain, readPin, readRequest } from '@prism-build/builder';
import { type CompileRequest, type CompilerCall, recogniseCommand } from '@prism-build/languages';
import { type CompilePlan, planCompile, resolveReads } from '@prism-build/plan';
import { readTextIfThere, run } from '@prism-build/shell';
import { describeOutput } from '../../../../libs/builder/src/describeOutput';
import { mirrorTree } from '../../../../libs/builder/src/mirror';
import { copiedTree, stageTree } from '../../../../libs/builder/src/stageTree';
import type { Key } from './workspace';

export interface Compiled {
  /** The digest of all that the compiler left; `failed` with its words where it did not compile. */
  readonly outcome: string;
  readonly why: string;
  /** Files of the workspace that COPY brought before the compiler. */
  readonly copied: ReadonlySet<string>;
  /** Those of them that some process opened; empty without a witness. */
  readonly opened: ReadonlySet<string>;
}

export interface CompileOptions {
  readonly root: string;
  /** Where mirrors and caches lie. */
  readonly work: string;
  readonly goCache: string;
  /** All that COPY takes, as `podman build` would have it, or what the key covers. */
  readonly sees: 'all' | 'closure';
  readonly witness?: boolean;
}

/** Compiles a component with the real compiler, in a tree of all that COPY takes or of what the executor gives it. */
export async function compile(name: string, { options }: Key, where: CompileOptions): Promise<Compiled> {
  const { root, sees, goCache } = where;
  const work = join(where.work, sees, name);
  const plan = planOf(root, options);
  const tree = plan && (sees === 'all' ? copiedTree(root, plan) : stageTree(root, plan));
  if (!plan || !tree?.ok) return failedWith('cannot be planned', new Map(), root);
  const { language, recognised } = recogniseCommand(plan.argv)!;
  const pin = readPin(root, plan);
  const cache = language.name === 'go' ? goCache : join(where.work, 'cache');
  const toolchain = pin.ok ? findToolchain(language, pin.value, plan, cache) : pin;
  if (!toolchain.ok) throw new Error(JSON.stringify(toolchain.failures));
  const source = join(work, 'source');
  fs.mkdirSync(work, { recursive: true });
  mirrorTree(tree.value, source, join(work, 'source.json'));
  const out = join(work, 'out');
  const home = join(where.work, 'home');
  fs.rmSync(out, { recursive: true, force: true });
  for (const directory of [out, home, cache]) fs.mkdirSync(directory, { recursive: true });
  const request: CompileRequest = {
    recognised,
    toolchain: toolchain.value,
    targets: plan.platforms.map(({ platform }) => platform),
    directories: { source, working: join(source, plan.working), cache, home, scratch: join(work, 'scratch') },
    environment: () => plan.platforms[0]!.environment,
    cores: 1,
    remapsSource: false,
    contains: (path) => tree.value.has(path.slice(source.length + 1)),
    text: readTextIfThere,
    version: pin.ok ? pin.value.version : '',
    out: () => out,
  };
  const trace = join(work, 'trace');
  // Fetching reads files of modules too. pip would look for wheels that these components do not have.
  const fetching =
    where.witness && language.name !== 'python' ? (language.dependencies?.fetch(request) ?? []) : [];
  const opened = new Set<string>();
  for (const call of [...fetching, ...language.compiler.compile(request)]) {
    const ended = await run(where.witness ? traced(call, trace) : call);
    if (where.witness) for (const path of readTrace(trace, source)) opened.add(path);
    if (!ended.ok) return failedWith(ended.failures.map(({ why }) => why).join('\n'), tree.value, root);
  }
  for (const { from, to } of language.compiler.placements?.(request) ?? []) fs.copyFileSync(from, to);
  const outcome = createHash('sha256')
    .update(JSON.stringify(await describeOutput(out)))
    .digest('hex');
  const sources = placesOf(tree.value, root);
  const openedFiles = new Set([...opened].flatMap((path) => sources.get(path) ?? []));
  return { outcome, why: '', copied: new Set(sources.values()), opened: openedFiles };
}

function planOf(root: string, given: Key['options']): CompilePlan | undefined {
  const options = buildOptions.parse({ step: 'compile', ...given, platforms: ['linux/amd64'] });
  const request = readRequest(root, options);
  const plan = request.ok ? planCompile(resolveReads(request.value), options.context) : request;
  return plan.ok ? plan.value : undefined;
}

function failedWith(why: string, tree: Tree, root: string): Compiled {
  return { outcome: 'failed', why, copied: new Set(placesOf(tree, root).values()), opened: new Set() };
}

/** Files of a tree by their path in it, as paths of the workspace. */
function placesOf(tree: Tree, root: string): Map<string, string> {
  const places = new Map<string, string>();
  for (const [path, node] of tree)
    if (node.type === 'file' && node.content.kind === 'file')
      places.set(path, relative(root, node.content.path));
  return places;
}

/** The kernel's word on what was opened, by the whole family of processes. */
function traced(call: CompilerCall, trace: string): CompilerCall {
  const strace = [
    'strace',
    '-f',
    '-qq',
    '-y',
    '-z',
    '-e',
    'trace=open,openat',
    '-e',
    'signal=none',
    '-o',
    trace,
  ];
  const path = `${dirname('/usr/bin/strace')}:${call.env.PATH ?? ''}`;
  return {
    ...call,
    argv: [...strace, ...call.argv] as unknown as CompilerCall['argv'],
    env: { ...call.env, PATH: path },
  };
}

function readTrace(trace: string, source: string): string[] {
  const text = fs.readFileSync(trace, 'utf8');
  const paths = [...text.matchAll(/ = \d+<([^>]+)>$/gm)].map(([, path]) => path!);
  return paths.flatMap((path) => (path.startsWith(`${source}/`) ? [path.slice(source.length + 1)] : []));
}
