import * as fs from 'node:fs';
import { join } from 'node:path';
import { compileFailure, type Failure, failed, type Place, type Result } from '@prism-build/errors';
import type { CompiledSources, CompileRequest, Language } from '@prism-build/languages';
import type { CompilePlan } from '@prism-build/plan';
import { readTextIfThere, walkDirectory, writeFileAtomic } from '@prism-build/shell';
import type { Compiler } from '../compiler/compiler';
import { runCompilers } from './runCompilers';

interface Sources extends CompiledSources {
  /** The workspace path of a file of the stage. */
  readonly placeOf: (path: string) => string;
}

/**
 * Compiles, so that programs name no directory of this machine: they would have another digest in another clone. If
 * they do, compiles again with the path of the sources replaced; what still names a directory is PATH_IN_PROGRAM.
 *
 * @param marker a file that records that this project's programs need the replacement
 */
export async function compilePortable(
  compiler: Compiler,
  language: Language,
  request: Omit<CompileRequest, 'remapsSource'>,
  { sources, plan, marker }: { sources: Sources; plan: CompilePlan; marker: string },
): Promise<Result<readonly string[]>> {
  const machinePaths = request.development ? undefined : language.compiler.machinePaths;
  const compile = async (remapsSource: boolean) => {
    const asked = { ...request, remapsSource };
    const done = await runCompilers(compiler, language, asked, sources, plan);
    return { done, found: done.ok && machinePaths ? findPaths(asked, machinePaths.list(asked)) : [] };
  };
  const remembered = readTextIfThere(marker) !== undefined;
  const first = await compile(remembered);
  if (!machinePaths || first.found.length === 0) return first.done;
  if (!remembered) writeFileAtomic(marker, '');
  const { done, found } = remembered ? first : await compile(true);
  if (found.length === 0) return done;
  const cause = machinePaths.findCause(sources);
  const at: Place = cause
    ? { file: sources.placeOf(cause.path), line: cause.line }
    : { file: plan.containerfile, line: plan.line };
  return failed(describe(found[0]!, cause?.written, at));
}

interface FoundPath {
  readonly file: string;
  /** The path, as far as the program has it. */
  readonly text: string;
}

/** Files below /out that contain one of these directories. */
function findPaths(request: CompileRequest, directories: readonly string[]): FoundPath[] {
  return request.targets.flatMap((target) => {
    const out = request.out(target);
    return [...walkDirectory(out)]
      .filter(({ entry }) => entry.isFile())
      .flatMap(({ path }) => {
        const bytes = fs.readFileSync(join(out, path));
        const at = directories.map((one) => bytes.indexOf(one)).find((one) => one >= 0);
        if (at === undefined) return [];
        const [text = ''] = /^[\x21-\x7e]*/.exec(bytes.toString('latin1', at, at + 300)) ?? [];
        return [{ file: path, text }];
      });
  });
}

function describe({ file, text }: FoundPath, written: string | undefined, at: Place): Failure {
  const why =
    written === undefined
      ? 'Code of a dependency writes it, such as `env!("CARGO_MANIFEST_DIR")` or an assertion in C.'
      : `${written} stands for a directory of the machine that compiles.`;
  return compileFailure('PATH_IN_PROGRAM', { what: `/out/${file} contains the path ${text}`, why, at });
}
