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
import type { CompiledSources, CompileRequest, Language } from '@prism-build/languages';
import type { CompilePlan } from '@prism-build/plan';
import { attempt, type Finished, runPool } from '@prism-build/shell';
import type { Compiler } from '../compiler/compiler';
import { isDiskFull } from '../run/isDiskFull';
import { withSharedUnits } from '../sharedUnits';

/** Runs the calls of a compile and puts what they made below /out; gives the notes that they printed, each once. */
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
    // An engine that is told to end may say that all went well: what lies here must not pass for this run's.
    for (const { from } of placements) fs.rmSync(from, { force: true });
    return all(await runPool(calls, calls.length, (call) => compiler.compile(call)));
  };
  const shared = language.compiler.units?.(request, sources);
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

function explainFailure(language: Language, why: string, at: Place): Failure {
  const known = language.diagnosis.explain?.(why, 'compile');
  if (!known)
    return compileFailure('COMPILE_FAILED', { what: `${language.title} does not compile`, why, at });
  const { code, ...occasion } = known;
  return compileFailure(code, { ...occasion, why, at });
}
