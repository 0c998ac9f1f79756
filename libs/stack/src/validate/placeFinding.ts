import type { Place } from '@prism-build/errors';
import { readDocuments } from '../read/documents';
import type { Stack } from '../read/stack';
import type { Finding } from './validators';

/**
 * Where in stack.yaml a finding is: the line of its path in the document of its kind, or of its container. A rendered document has
 * the paths of the file. Undefined if it names neither.
 */
export function placeFinding(
  { what, kind, path, container }: Finding,
  stack: Stack,
  text: string,
): Place | undefined {
  if (path) {
    const documents = readDocuments(text, stack.file);
    const wanted = (kind ?? stack.kind).toLowerCase();
    const found = (documents.ok ? documents.value : []).find(
      ({ value }) => (value as { readonly kind?: string }).kind?.toLowerCase() === wanted,
    );
    if (found) return { file: stack.file, line: found.lineOf(path) };
  }
  const named = container ?? stack.spec.containers.find(({ name }) => what.includes(`"${name}"`))?.name;
  const index = stack.spec.containers.findIndex(({ name }) => name === named);
  return index < 0 ? undefined : stack.placeOf(['containers', index]);
}
