import { createHash, randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Tree } from '@prism-build/assemble';
import { formatPlatform } from '@prism-build/containerfile';
import {
  all,
  compileFailure,
  type Failure,
  failed,
  ok,
  type Place,
  type Result,
  shellFailure,
} from '@prism-build/errors';
import {
  type CompiledSources,
  type CompileRequest,
  type Language,
  recogniseCommand,
  type Target,
} from '@prism-build/languages';
import { type CompilePlan, planCompile, resolveReads } from '@prism-build/plan';
import {
  attempt,
  type Finished,
  readTextIfThere,
  runPool,
  sayIfLong,
  withLock,
  writeFileAtomic,
} from '@prism-build/shell';
import { compileDirectory, lockPath } from '../workspace/directories';
import { executorIdentity } from '../workspace/identity';
import { checkSources, readTree, workingDirectory } from './checkSources';
import { type CompileManifest, platformDirectory, publishOutput, readOutput } from './compileManifest';
import type { Compiler } from './compiler/compiler';
import { withCompiler } from './compiler/withCompiler';
import { describeOutput, flushOutput } from './describeOutput';
import { fetchDependencies, fetchKey } from './fetch';
import { inspectDependencies } from './inspectDependencies';
import { type MirroredTree, mirrorTree } from './mirror';
import { preparePackers } from './packing';
import { readRequest } from './request';
import { isDiskFull } from './run/isDiskFull';
import { withSharedUnits } from './sharedUnits';
import { stageTree, wideTree } from './stageTree';
import type { StepInput, StepReport } from './step';
import { readPin } from './toolchain';
import { forgetReading, listExtra, listRead, listReads, mayLackFiles, type Widened } from './widen';

/** Runs a recognised compile stage, all platforms at once: by the host's toolchain, or by that of its builder base. */
export async function compileStep(input: StepInput): Promise<Result<StepReport>> {
  const { directories, options, project } = input;
  const request = readRequest(directories.root, options);
  if (!request.ok) return request;
  const reads = resolveReads(request.value);
  const plan = planCompile(reads, options.context);
  if (!plan.ok) return plan;
  if (options.dryRun) return ok({ text: `${JSON.stringify(plan.value, null, 2)}\n`, kept: true });
  const work = () => compilePlanned(input, plan.value);
  const done = await withLock(lockPath(directories, `compile-${project}`), work);
  if (!done.ok) return done;
  const { manifest, kept, notes, widened } = done.value;
  const said = notes.map((note) => `note: ${note}\n`).join('');
  return ok({ text: describe(manifest) + said, kept, reads, manifest, ...(widened && { widened }) });
}

interface Compiled {
  readonly manifest: CompileManifest;
  readonly kept: boolean;
  /** What is not wrong and should be known. */
  readonly notes: readonly string[];
  readonly widened?: Widened;
}

/**
 * Compiles the tree that the key covers. Where that fails and COPY takes more, it compiles all of it: what then succeeds
 * reads more than its sources show, which the option alsoReads says from then on. Its result is not cached.
 */
async function compilePlanned(input: StepInput, plan: CompilePlan): Promise<Result<Compiled>> {
  const { directories, options, project } = input;
  const { root } = directories;
  const narrow = stageTree(root, plan, options.alsoReads);
  if (!narrow.ok) return narrow;
  const done = await compileTree(input, plan, narrow.value);
  const { language } = recogniseCommand(plan.argv)!;
  if (done.ok || !mayLackFiles(language, done.failures)) return done;
  const wide = wideTree(root, plan);
  const extra = wide.ok ? listExtra(wide.value, narrow.value) : [];
  if (!wide.ok || extra.length === 0) return done;
  const source = join(directories.prism, 'work', project, 'source');
  const whole = await compileTree({ ...input, force: true }, plan, wide.value, () =>
    forgetReading(source, extra),
  );
  if (!whole.ok) return whole;
  const trees = { wide: wide.value, narrow: narrow.value, context: join(root, plan.context) };
  const widened = listReads(listRead(source, extra), trees);
  const proved = await compileWith(input, plan, [...options.alsoReads, ...widened.alsoReads], whole.value);
  return ok({ ...whole.value, widened: proved ? widened : { ...widened, alsoReads: ['.'] } });
}

/** Whether a compile of some more paths gives what one of all paths gave. */
async function compileWith(
  input: StepInput,
  plan: CompilePlan,
  alsoReads: readonly string[],
  expected: Compiled,
): Promise<boolean> {
  const tree = stageTree(input.directories.root, plan, alsoReads);
  const done = tree.ok ? await compileTree(input, plan, tree.value) : tree;
  return done.ok && JSON.stringify(done.value.manifest) === JSON.stringify(expected.manifest);
}

/** @param prepared called when the tree lies there, before the compiler runs */
async function compileTree(
  input: StepInput,
  plan: CompilePlan,
  tree: Tree,
  prepared: () => void = () => undefined,
): Promise<Result<Compiled>> {
  const { directories, project } = input;
  const { language, recognised } = recogniseCommand(plan.argv)!;
  const pin = readPin(directories.root, plan);
  if (!pin.ok) return pin;
  const checked = checkSources(directories.root, plan, pin.value, tree);
  if (!checked.ok) return checked;
  const work = join(directories.prism, 'work', project);
  const source = join(work, 'source');
  const mirror = await attempt('cannot lay out the sources of the compile stage', () =>
    mirrorTree(tree, source, join(work, 'source.json')),
  );
  if (!mirror.ok) return mirror;
  prepared();
  const destination = compileDirectory(directories.root, project);
  const journal = join(work, 'compiled.json');
  const key = createHash('sha256')
    .update(JSON.stringify([executorIdentity(), plan, pin.value, mirror.value.digest]))
    .digest('hex');
  const kept = input.force ? undefined : readJournal(journal, key, destination);
  if (kept) return ok({ manifest: kept.manifest, notes: kept.notes, kept: true });

  return withCompiler({ ...input, plan, language, pin: pin.value }, async (compiler) => {
    // A compiler that outlived a killed run goes on writing: into a directory that is not this run's.
    const outputs = join(work, 'out', `${process.pid}-${randomBytes(4).toString('hex')}`);
    const out = (target: Target) => join(outputs, platformDirectory(formatPlatform(target)));
    const request: CompileRequest = {
      recognised,
      toolchain: compiler.toolchain,
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
    // Nothing of an earlier command may pass for a result of this one.
    fs.rmSync(join(work, 'out'), { recursive: true, force: true });
    for (const target of request.targets) fs.mkdirSync(out(target), { recursive: true });
    for (const directory of [request.directories.home, request.directories.scratch])
      fs.mkdirSync(directory, { recursive: true });
    const fetching = {
      mirror: mirror.value,
      locks:
        language.locks?.({ ...request, working: workingDirectory(plan) }, readTree(directories.root, tree)) ??
        [],
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
      () => runCompilers(compiler, language, request, describeSources(tree, mirror.value, source), plan),
    );
    // The image of what is compiled comes next. Not before the compilers run: they wait for nothing.
    setImmediate(preparePackers, plan.platforms.length);
    const compiled = await compiling;
    if (!compiled.ok) return compiled;
    const flushing = attempt('cannot write what was compiled', () =>
      Promise.all(request.targets.map((target) => flushOutput(out(target)))),
    );
    const manifest = await describeAll(request, plan, out);
    if (!manifest.ok) return manifest;
    const flushed = await flushing;
    if (!flushed.ok) return flushed;
    const notes = [...compiled.value, ...(await inspecting)];
    return attempt(`cannot write ${destination}`, async () => {
      await publishOutput(destination, manifest.value, (platform) =>
        join(outputs, platformDirectory(platform)),
      );
      writeFileAtomic(journal, JSON.stringify({ key, manifest: manifest.value, notes }));
      return { manifest: manifest.value, notes, kept: false };
    });
  });
}

interface Journal {
  readonly key: string;
  readonly manifest: CompileManifest;
  readonly notes: readonly string[];
}

function readJournal(journal: string, key: string, destination: string): Journal | undefined {
  const written = parseJournal(readTextIfThere(journal) ?? '');
  if (written?.key !== key) return undefined;
  const found = readOutput(destination);
  return found.ok && JSON.stringify(found.value) === JSON.stringify(written.manifest) ? written : undefined;
}

/** A journal that cannot be read is none: then it is compiled. */
function parseJournal(text: string): Journal | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function runCompilers(
  compiler: Compiler,
  language: Language,
  request: CompileRequest,
  sources: CompiledSources,
  plan: CompilePlan,
): Promise<Result<readonly string[]>> {
  const placements = language.placements(request);
  const calls = language.compile(request);
  const compile = async (): Promise<Result<readonly Finished[]>> => {
    // An engine that is told to end may say that all went well: what lies here must not pass for this run's.
    for (const { from } of placements) fs.rmSync(from, { force: true });
    return all(await runPool(calls, calls.length, (call) => compiler.compile(call)));
  };
  const shared = language.units?.(request, sources);
  const { cache, scratch } = request.directories;
  const places = {
    lock: join(cache, 'locks', `${language.name}-units.lock`),
    stamp: join(scratch, 'started'),
  };
  const results = await (shared ? withSharedUnits(shared, places, compile) : compile());
  const at = { file: plan.containerfile, line: plan.line };
  if (!results.ok) {
    // Both platforms usually fail for the same reason: say it once.
    const causes = new Map(results.failures.map((one) => [one.why ?? one.what, one]));
    return failed(...[...causes.values()].map((one) => describeCompileFailure(language, one, at)));
  }
  return attempt('cannot collect what the compiler made', () => {
    for (const { from, to } of placements)
      if (fs.existsSync(from)) fs.copyFileSync(from, to, fs.constants.COPYFILE_FICLONE);
    // All platforms usually have the same to say: once.
    const printed = results.value.flatMap(({ stdout }) => stdout.split('\n'));
    return [
      ...new Set(printed.flatMap((line) => (line.startsWith('note: ') ? [line.slice('note: '.length)] : []))),
    ];
  });
}

function describeCompileFailure(language: Language, failure: Failure, at: Place): Failure {
  if (failure.code === 'UNITS_OVERWRITTEN' || failure.code === 'LOCK_TIMED_OUT') return { ...failure, at };
  // Messages for programs are no words for people.
  const why = (failure.why ?? failure.what)
    .split('\n')
    .filter((line) => !line.startsWith('{"reason":'))
    .join('\n');
  return isDiskFull(why)
    ? shellFailure('DISK_FULL', { what: `the disk was full for ${language.title}`, why, at })
    : explainFailure(language, why, at);
}

/** The tree that the compiler sees, as it lies in the mirror. */
function describeSources(tree: Tree, { files }: MirroredTree, source: string): CompiledSources {
  const digests = new Map<string, string>();
  for (const [path, node] of tree) {
    if (node.type === 'file') digests.set(path, files.get(path)!);
    if (node.type === 'symlink') digests.set(path, `link:${node.linkTarget}`);
  }
  return { digests, text: (path) => readTextIfThere(join(source, path)) };
}

function explainFailure(language: Language, why: string, at: Place): Failure {
  const known = language.explain?.(why, 'compile');
  if (!known)
    return compileFailure('COMPILE_FAILED', { what: `${language.title} does not compile`, why, at });
  const { code, ...occasion } = known;
  return compileFailure(code, { ...occasion, why, at });
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

/** A line for each thing that lies at the top: a binary, or a directory with however many files. */
function describe(manifest: CompileManifest): string {
  const rows = manifest.platforms.flatMap(({ platform, files }) =>
    [...new Set(files.map(({ path }) => path.split('/')[0]!))].map((top) => {
      const size = files
        .filter(({ path }) => path === top || path.startsWith(`${top}/`))
        .reduce((sum, file) => sum + file.size, 0);
      return `  ${platform.padEnd(14)} ${top}  ${(size / 1e6).toFixed(2)} MB\n`;
    }),
  );
  return rows.join('');
}
