import { join } from 'node:path';
import { assemblePlatform, type Tree } from '@prism-build/assemble';
import { failed, ok, type Result } from '@prism-build/errors';
import { openContentStore } from '@prism-build/oci';
import {
  baseOf,
  type ImagePlan,
  type ImageReads,
  type PlatformPlan,
  planCompile,
  type Reads,
} from '@prism-build/plan';
import { withLock } from '@prism-build/shell';
import { contextPaths, lockPath, readContextTree } from '@prism-build/workspace';
import { withImages } from '../bases/withImages';
import { compilePlanned } from '../compile/compilePlanned';
import { compiledTree } from '../compiledTree';
import { compiledDirectory, compileWork } from '../compileWork';
import { planStep } from '../planStep';
import { openRootfs, withRootfs } from '../rootfs';
import { openCommands } from '../run/openCommands';
import { stageTree } from '../stageTree';
import type { StepInput } from '../step';
import { placeFailures } from './placeFailures';

/** What the files of an image are made from, on one platform: read and compiled anew at each change. */
export interface DevelopedSources {
  readonly plan: PlatformPlan;
  readonly context: Tree;
  /** What the compile stage left, below `out/`. */
  readonly compiled: Tree | undefined;
  /** Absolute paths of all files that were read. */
  readonly reads: readonly string[];
  /** Assembles the image; `use` gets its files above the base, and the files of the base, while their contents exist. */
  readonly assemble: (use: (image: DevelopedImage) => Promise<Result<void>>) => Promise<Result<void>>;
}

export interface DevelopedImage {
  readonly own: Tree;
  readonly base: Tree;
}

/**
 * Reads and compiles what an image consists of, for one platform and for the dev loop: the compile goes beside the real
 * results. Failures: those of planning and compiling.
 */
export async function developStep(given: StepInput, platform: string): Promise<Result<DevelopedSources>> {
  const options = { ...given.options, platforms: [platform] };
  const input: StepInput = { ...given, options, development: true };
  const { directories, project } = input;
  const planned = await planStep(input);
  if (!planned.ok) return planned;
  const { plan, image, named } = planned.value;
  const compiled = image.compiled
    ? await withLock(lockPath(directories, `dev-${project}`), () => compile(input, named))
    : ok(undefined);
  if (!compiled.ok) return compiled;
  const { root } = directories;
  const paths = contextPaths(image.sources);
  const context = readContextTree(root, options.containerfile, options.context, paths);
  if (!context.ok) return context;
  const found = { context: context.value, compiled: compiled.value?.tree };
  return ok({
    plan: plan.platforms[0]!,
    ...found,
    reads: [...new Set([...listFiles(context.value), ...(compiled.value?.reads ?? [])])],
    assemble: (use) => assemble(input, { image, plan, ...found }, use),
  });
}

async function compile(input: StepInput, reads: Reads) {
  const { options, directories } = input;
  const plan = planCompile(reads, options.context);
  if (!plan.ok) return plan;
  const done = await compilePlanned(input, plan.value);
  const sources = stageTree(directories.root, plan.value, options.alsoReads);
  if (!done.ok) {
    const tree: Tree = sources.ok ? sources.value : new Map();
    const compiled = { tree, mirror: join(compileWork(input), 'source'), working: plan.value.working };
    return failed(...placeFailures(done.failures, compiled, directories.root));
  }
  const tree = compiledTree(done.value.manifest, options.platforms[0]!, compiledDirectory(input));
  return ok({ tree, reads: sources.ok ? listFiles(sources.value) : [] });
}

interface Assembling {
  readonly image: ImageReads;
  readonly plan: ImagePlan;
  readonly context: Tree;
  readonly compiled: Tree | undefined;
}

async function assemble(
  input: StepInput,
  { image, plan, context, compiled }: Assembling,
  use: (image: DevelopedImage) => Promise<Result<void>>,
): Promise<Result<void>> {
  const store = await openContentStore(input.directories.store);
  if (!store.ok) return store;
  const source = image.contexts.includes('rootfs') ? await openRootfs(input, plan) : ok(undefined);
  if (!source.ok) return source;
  const platform = plan.platforms[0]!;
  const commands = openCommands(input, store.value, plan.compression);
  return withImages(input, store.value, (images) =>
    withRootfs(source.value, platform.platform, async (rootfs) => {
      const trees = { context, compile: compiled, images, commands, rootfs };
      const assembled = await assemblePlatform(platform, plan.containerfile, trees);
      if (!assembled.ok) return assembled;
      const base = baseOf(platform.stages);
      const below = base ? await images.tree(base) : ok(new Map());
      if (!below.ok) return below;
      const own: Tree = new Map(assembled.value.layers.flatMap(({ entries }) => [...entries]));
      return use({ own, base: below.value });
    }),
  );
}

function listFiles(tree: Tree): string[] {
  return [...tree.values()].flatMap((node) =>
    node.type === 'file' && node.content.kind === 'file' ? [node.content.path] : [],
  );
}
