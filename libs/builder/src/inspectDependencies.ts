import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Tree } from '@prism-build/assemble';
import { all } from '@prism-build/errors';
import type { CompileRequest, Language, Pin } from '@prism-build/languages';
import type { CompilePlan } from '@prism-build/plan';
import { readTextIfThere, writeFileAtomic } from '@prism-build/shell';
import { checkRequest, readTree } from './checkSources';
import type { Compiler } from './compiler/compiler';

/** A compile stage with its sources and compile request. */
interface Inspected {
  readonly root: string;
  readonly language: Language;
  readonly plan: CompilePlan;
  readonly pin: Pin;
  readonly sources: Tree;
  readonly request: CompileRequest;
  /** Digest of the lockfiles and the targets. */
  readonly lock: string;
}

/**
 * Notes on the dependencies for the user, one sentence each. Stores the notes of a set of dependencies, so an edit that
 * imports nothing new starts no process. Returns no notes if the language's tool fails: the compiler will report why.
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

/** Undefined for stored notes that cannot be parsed: the tool then runs again. */
function parseNotes(text: string | undefined): readonly string[] | undefined {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
