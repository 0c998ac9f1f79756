import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Tree } from '@prism-build/assemble';
import { all } from '@prism-build/errors';
import type { CompileRequest, Language, Pin } from '@prism-build/languages';
import type { CompilePlan } from '@prism-build/plan';
import { readTextIfThere, writeFileAtomic } from '@prism-build/shell';
import { checkRequest, readTree } from './checkSources';
import type { Compiler } from './compiler/compiler';

/** What is judged: a stage, its sources, and how it is compiled. */
interface Inspected {
  readonly root: string;
  readonly language: Language;
  readonly plan: CompilePlan;
  readonly pin: Pin;
  readonly sources: Tree;
  readonly request: CompileRequest;
  /** Changes with the lockfiles and the targets. */
  readonly lock: string;
}

/**
 * What people should know of the dependencies, a sentence each. The same dependencies are asked once: an edit that
 * imports nothing new starts no process. A tool that fails says nothing; the compiler will.
 */
export async function inspectDependencies(of: Inspected, compiler: Compiler): Promise<readonly string[]> {
  const { root, language, plan, pin, sources, request, lock } = of;
  const asked = language.diagnosis.inspect?.(checkRequest(root, plan, pin), readTree(root, sources), request);
  if (!asked) return [];
  const key = createHash('sha256')
    .update(JSON.stringify([lock, pin, plan.working, asked.subject]))
    .digest('hex');
  const place = join(
    request.directories.cache,
    language.dependencies?.directory ?? language.name,
    'inspected-by-prism',
    `${key}.json`,
  );
  const known = parseNotes(readTextIfThere(place));
  if (known) return known;
  const answers = all(await Promise.all(asked.calls.map((call) => compiler.compile(call))));
  if (!answers.ok) return [];
  const notes = asked.judge(answers.value.map(({ stdout }) => stdout));
  writeFileAtomic(place, JSON.stringify(notes));
  return notes;
}

/** What cannot be read is asked again. */
function parseNotes(text: string | undefined): readonly string[] | undefined {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
