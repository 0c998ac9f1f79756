import * as fs from 'node:fs';
import { join } from 'node:path';
import {
  all,
  compileFailure,
  type Failure,
  failed,
  type Place,
  type Result,
  shellFailure,
} from '@prism-build/errors';
import type { CompiledSources, CompileRequest, Language, Placement } from '@prism-build/languages';
import type { CompilePlan } from '@prism-build/plan';
import { attempt, type Finished, runPool } from '@prism-build/shell';
import type { Compiler } from '../compiler/compiler';
import { isDiskFull } from '../run/isDiskFull';
import { withSharedUnits } from '../sharedUnits';

/** Runs the calls of a compile and collects their results below /out. Returns the notes that they printed, each once. */
export async function runCompilers(
  compiler: Compiler,
  language: Language,
  request: CompileRequest,
  sources: CompiledSources,
  plan: CompilePlan,
): Promise<Result<readonly string[]>> {
  const placements = language.compiler.placements?.(request) ?? [];
  const calls = language.compiler.compile(request);
  const compile = async (): Promise<Result<readonly Finished[]>> => {
    // A stopped engine may report success without having compiled, so output of earlier runs must not be here.
    for (const { from } of placements) fs.rmSync(from, { force: true });
    return all(await runPool(calls, calls.length, (call) => compiler.compile(call)));
  };
  const shared = request.development ? undefined : language.compiler.units?.(request, sources);
  const { cache, scratch } = request.directories;
  const places = {
    lock: join(cache, 'locks', `${language.name}-units.lock`),
    stamp: join(scratch, 'started'),
  };
  const results = await (shared ? withSharedUnits(shared, places, compile) : compile());
  const at = { file: plan.containerfile, line: plan.line };
  if (!results.ok) {
    // Platforms usually fail for the same reason; report it once.
    const causes = new Map(results.failures.map((one) => [one.why ?? one.what, one]));
    return failed(...[...causes.values()].map((one) => describeCompileFailure(language, one, at)));
  }
  const finished = await finish(compiler, language, request, placements, results.value);
  if (!finished.ok)
    return failed(...finished.failures.map((one) => describeCompileFailure(language, one, at)));
  return attempt('cannot collect what the compiler made', () => {
    // Platforms usually print the same notes; report them once.
    const printed = results.value.flatMap(({ stdout }) => stdout.split('\n'));
    return [
      ...new Set(printed.flatMap((line) => (line.startsWith('note: ') ? [line.slice('note: '.length)] : []))),
    ];
  });
}

/** Places what the compilers made below /out, and adds what the language derives from their output. */
async function finish(
  compiler: Compiler,
  language: Language,
  request: CompileRequest,
  placements: readonly Placement[],
  results: readonly Finished[],
): Promise<Result<unknown>> {
  const collected = await attempt('cannot collect what the compiler made', () => {
    const made = placements.filter(({ from }) => fs.existsSync(from));
    for (const { from, to } of made) fs.copyFileSync(from, to, fs.constants.COPYFILE_FICLONE);
    // Without a result, describing the output reports that the compile made nothing.
    if (made.length < placements.length || !language.compiler.finish) return [];
    const stdout = results.map((one) => one.stdout).join('\n');
    const { files, calls } = language.compiler.finish(request, stdout);
    for (const { path, bytes } of files) fs.writeFileSync(path, bytes);
    return calls;
  });
  if (!collected.ok) return collected;
  const calls = collected.value;
  return all(await runPool(calls, calls.length, (call) => compiler.compile(call)));
}

function describeCompileFailure(language: Language, failure: Failure, at: Place): Failure {
  if (failure.code === 'UNITS_OVERWRITTEN' || failure.code === 'LOCK_TIMED_OUT') return { ...failure, at };
  // Removes machine-readable output from the cause that is shown.
  const why = (failure.why ?? failure.what)
    .split('\n')
    .filter((line) => !line.startsWith('{"reason":'))
    .join('\n');
  return isDiskFull(why)
    ? shellFailure('DISK_FULL', {
        what: `the disk is full: the ${language.title} compiler could not write`,
        why,
        at,
      })
    : explainFailure(language, why, at);
}

function explainFailure(language: Language, why: string, at: Place): Failure {
  const known = language.diagnosis.explain?.(why, 'compile');
  if (!known)
    return compileFailure('COMPILE_FAILED', { what: `the ${language.title} compile failed`, why, at });
  const { code, ...occasion } = known;
  return compileFailure(code, { ...occasion, why, at });
}
