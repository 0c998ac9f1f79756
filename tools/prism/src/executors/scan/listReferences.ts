import { join } from 'node:path';
import { all, failed, imageFailure, ok, type Result } from '@prism-build/errors';
import { parseReference } from '@prism-build/registry';
import { readTextIfThere } from '@prism-build/shell';
import type { ScanOptions } from './options';

/**
 * The images of registries that the options name, each once; undefined if they name none. Failures: OPTIONS_INVALID,
 * REFERENCE_INVALID, all of them at once.
 */
export function listReferences(
  root: string,
  { image, images }: ScanOptions,
): Result<readonly string[] | undefined> {
  if (image === undefined && images === undefined) return ok(undefined);
  const text = images === undefined ? '' : readTextIfThere(join(root, images));
  if (text === undefined)
    return failed(imageFailure('OPTIONS_INVALID', { what: `option images: there is no ${images}` }));
  const lines = text.split('\n').map((line) => line.replace(/(^|\s)#.*/, '').trim());
  const references = [...new Set([...[image ?? []].flat(), ...lines])].filter((one) => one !== '');
  if (references.length === 0)
    return failed(imageFailure('OPTIONS_INVALID', { what: 'the options image and images name no image' }));
  const parsed = all(references.map((one) => parseReference(one)));
  return parsed.ok ? ok(references) : parsed;
}
