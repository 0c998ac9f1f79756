import { normalize } from 'node:path/posix';
import { failed, ok, type Result } from '@prism-build/errors';
import { readDirectives } from '@prism-build/languages';
import { dirtyLock, refuseHalfMerged } from '../shared/dirtyLock';

const clean = (path: string) => normalize(path).replace(/\/$/, '');
const block = /^use \(\n((?:.*\n)*?)\)/m;

/** go.work with an additional module, in sorted order; unchanged if it has the module. */
export function addToGoWork(text: string, directory: string): Result<string> {
  const file = 'go.work';
  const halfMerged = refuseHalfMerged('edited', { file, text });
  if (halfMerged) return halfMerged;
  const used = readDirectives(text).flatMap(({ verb, values }) => (verb === 'use' ? values : []));
  if (used.some((path) => clean(path) === clean(directory))) return ok(text);
  const match = block.exec(text);
  if (!match) return failed(dirtyLock(file, 'edited', 'it has no `use ( … )` with a module a line'));
  const uses = match[1]!.split('\n').filter((line) => line.trim() !== '');
  const own = `\t./${directory}`;
  const sorted = [...uses, own].sort((a, b) => (a.trim() < b.trim() ? -1 : 1));
  return ok(text.replace(block, () => `use (\n${sorted.join('\n')}\n)`));
}
