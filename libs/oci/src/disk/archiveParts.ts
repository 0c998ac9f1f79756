import { planEntry } from '../planTar';
import { paddingOf, TAR_BLOCK } from '../tarHeader';

/** A small file of an archive, complete. */
export function* archiveBytes(path: string, bytes: Uint8Array): Generator<Uint8Array> {
  yield* archiveHeader(path, bytes.length);
  yield bytes;
  yield new Uint8Array(paddingOf(bytes.length));
}

/** The header of a file whose content and padding the caller streams behind it. */
export function* archiveHeader(path: string, size: number): Generator<Uint8Array> {
  const content = { kind: 'file', path, size } as const;
  for (const part of planEntry({ path, type: 'file', mode: 0o644, uid: 0, gid: 0, content })) {
    if (part.kind === 'file') return;
    yield part.bytes;
  }
}

export function archiveEnd(): Uint8Array {
  return new Uint8Array(2 * TAR_BLOCK);
}
