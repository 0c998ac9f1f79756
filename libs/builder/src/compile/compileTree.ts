import { createHash, randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Tree } from '@prism-build/assemble';
import { formatPlatform } from '@prism-build/containerfile';
import { compileFailure, failed, ok, type Result } from '@prism-build/errors';
import {
  type CompiledSources,
  type CompileRequest,
  recogniseCommand,
  type Target,
} from '@prism-build/languages';
import type { CompilePlan } from '@prism-build/plan';
import { attempt, readTextIfThere, sayIfLong, writeFileAtomic } from '@prism-build/shell';
import { executorIdentity } from '@prism-build/workspace';
import { checkSources, readTree, workingDirectory } from '../checkSources';
import { type CompileManifest, platformDirectory, publishOutput } from '../compileManifest';
import { obtainCompanions, readCompanions } from '../compiler/companions';
import { withCompiler } from '../compiler/withCompiler';
import { compiledDirectory, compileWork } from '../compileWork';
import { describeOutput, flushOutput } from '../describeOutput';
import { fetchDependencies, fetchKey } from '../fetch';
import { inspectDependencies } from '../inspectDependencies';
import { hideRepository, type MirroredTree, mirrorTree } from '../mirror';
import { preparePackers } from '../packing';
import type { StepInput } from '../step';
import { readPin } from '../toolchain';
import { compilePortable } from './compilePortable';
import { readJournal } from './journal';

export interface CompiledTree {
  readonly manifest: CompileManifest;
  /** Messages to show although nothing failed. */
  readonly notes: readonly string[];
}

/**
 * Compiles a tree of sources for all platforms, unless the journal records a compile of the same inputs.
 *
 * @param prepared called when the mirror is complete, before the compiler runs
 */
export async function compileTree(
  input: StepInput,
  plan: CompilePlan,
  tree: Tree,
  prepared: () => void = () => undefined,
): Promise<Result<CompiledTree>> {
  const { directories, project, development } = input;
  const { language, recognised } = recogniseCommand(plan.argv)!;
  const pin = readPin(directories.root, plan);
  if (!pin.ok) return pin;
  const companions = readCompanions(directories.root, language, plan);
  if (!companions.ok) return companions;
  const checked = checkSources(directories.root, plan, pin.value, tree);
  if (!checked.ok) return checked;
  const work = compileWork(input);
  const source = join(work, 'source');
  const mirror = await attempt('cannot lay out the sources of the compile stage', () => {
    for (const directory of [work, directories.cache]) hideRepository(directory);
    return mirrorTree(tree, source, join(work, 'source.json'));
  });
  if (!mirror.ok) return mirror;
  prepared();
  const destination = compiledDirectory(input);
  const journal = join(work, 'compiled.json');
  const key = createHash('sha256')
    .update(
      JSON.stringify([
        executorIdentity(),
        plan,
        [pin.value, ...companions.value.map(({ pin }) => pin)],
        mirror.value.digest,
      ]),
    )
    .digest('hex');
  const kept = input.force ? undefined : readJournal(journal, key, destination);
  if (kept) return ok({ manifest: kept.manifest, notes: kept.notes });

  const called = await obtainCompanions({ ...input, plan }, companions.value);
  if (!called.ok) return called;
  return withCompiler({ ...input, plan, language, pin: pin.value }, async (compiler) => {
    // A compiler of a killed run may still be writing, so each run has an output directory of its own.
    const outputs = join(work, 'out', `${process.pid}-${randomBytes(4).toString('hex')}`);
    const out = (target: Target) => join(outputs, platformDirectory(formatPlatform(target)));
    const request: CompileRequest = {
      remapsSource: false,
      ...(development && { development }),
      recognised: development ? (language.command.develop?.(recognised) ?? recognised) : recognised,
      toolchain: compiler.toolchain,
      companions: called.value,
      targets: plan.platforms.map(({ platform }) => platform),
      directories: {
        source,
        working: join(source, plan.working),
        cache: directories.cache,
        home: join(directories.prism, 'home'),
        scratch: join(outputs, 'scratch'),
      },
      environment: (target) => plan.platforms.find(({ platform }) => platform === target)?.environment ?? {},
      cores: availableParallelism(),
      contains: (path) => tree.has(path.slice(source.length + 1)),
      text: readTextIfThere,
      version: pin.value.version,
      out,
    };
    // Removes output of earlier commands, which could be taken for output of this one.
    fs.rmSync(join(work, 'out'), { recursive: true, force: true });
    for (const target of request.targets) fs.mkdirSync(out(target), { recursive: true });
    for (const directory of [request.directories.home, request.directories.scratch])
      fs.mkdirSync(directory, { recursive: true });
    const fetching = {
      mirror: mirror.value,
      locks:
        language.dependencies?.locks?.(
          { ...request, working: workingDirectory(plan) },
          readTree(directories.root, tree),
        ) ?? [],
      at: { file: plan.containerfile, line: plan.line },
    };
    const fetched = await sayIfLong(`${project}: fetching the dependencies of ${language.title}`, () =>
      fetchDependencies(language, request, fetching, compiler),
    );
    if (!fetched.ok) return fetched;
    const lock = fetchKey(language, request, fetching);
    const inspecting = inspectDependencies(
      { root: directories.root, language, plan, pin: pin.value, sources: tree, request, lock },
      compiler,
    );
    const compiling = sayIfLong(
      `${project}: ${language.title} compiles for ${request.targets.map(formatPlatform).join(', ')}`,
      () => {
        const { placeOf } = readTree(directories.root, tree);
        const sources = { ...describeSources(tree, mirror.value, source), placeOf };
        return compilePortable(compiler, language, request, { sources, plan, marker: join(work, 'remaps') });
      },
    );
    // Image assembly follows and needs these threads. Started after the compilers, so that it does not delay them.
    if (!development) setImmediate(preparePackers, plan.platforms.length);
    const compiled = await compiling;
    if (!compiled.ok) return compiled;
    // A developer waits for this compile, and a crash of the machine only means that it runs again.
    const flushed = development ? [] : request.targets;
    const flushing = attempt('cannot write what was compiled', () =>
      Promise.all(flushed.map((target) => flushOutput(out(target)))),
    );
    const manifest = await describeAll(request, plan, out);
    if (!manifest.ok) return manifest;
    const written = await flushing;
    if (!written.ok) return written;
    const notes = [...compiled.value, ...(await inspecting)];
    return attempt(`cannot write ${destination}`, async () => {
      const sourceOf = (platform: string) => join(outputs, platformDirectory(platform));
      await publishOutput(destination, manifest.value, sourceOf, !development);
      writeFileAtomic(journal, JSON.stringify({ key, manifest: manifest.value, notes }));
      return { manifest: manifest.value, notes };
    });
  });
}

/** The compiler's source tree, with its paths in the mirror. */
function describeSources(tree: Tree, { files }: MirroredTree, source: string): CompiledSources {
  const digests = new Map<string, string>();
  for (const [path, node] of tree) {
    if (node.type === 'file') digests.set(path, files.get(path)!);
    if (node.type === 'symlink') digests.set(path, `link:${node.linkTarget}`);
  }
  return { digests, text: (path) => readTextIfThere(join(source, path)) };
}

async function describeAll(
  request: CompileRequest,
  plan: CompilePlan,
  out: (target: Target) => string,
): Promise<Result<CompileManifest>> {
  const platforms = await Promise.all(
    request.targets.map(async (target) => ({
      platform: formatPlatform(target),
      files: await describeOutput(out(target)),
    })),
  );
  const empty = platforms.filter(({ files }) => files.length === 0);
  if (empty.length === 0) return ok({ schemaVersion: 1, platforms });
  const what = `the compile stage left nothing under /out for ${empty.map(({ platform }) => platform).join(', ')}`;
  return failed(
    compileFailure('COMPILE_MADE_NOTHING', { what, at: { file: plan.containerfile, line: plan.line } }),
  );
}
