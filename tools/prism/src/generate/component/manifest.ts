import { failed, generateFailure, ok, type Result } from '@prism-build/errors';
import { type Manifest, manifestOf, readToml } from '@prism-build/languages';

/** Reads a Cargo.toml. Failure: SETTINGS_UNREADABLE. */
export function readManifest(text: string, file: string): Result<Manifest> {
  const read = readToml(text);
  if (read.ok) return ok(manifestOf(read.table));
  const what = 'this manifest cannot be read';
  return failed(generateFailure('SETTINGS_UNREADABLE', { what, why: read.why, at: { file } }));
}
