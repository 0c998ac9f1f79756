import { failed, imageFailure, ok, type Place, type Result } from '@prism-build/errors';
import { type Content, isTarHeader } from '@prism-build/oci';
import { fileFailure } from '@prism-build/shell';
import { type ArchiveEntry, type Keep, readTarEntries } from '../tarTree';
import { decompress } from './decompress';

/**
 * The entries of a tar archive in its order, plain or compressed by gzip, bzip2, xz or zstd. Undefined if the content is
 * not an archive that ADD unpacks. `keep` stores the files' contents; `name` is the file's name, for the message. Failure:
 * ARCHIVE_INVALID, if it is damaged or has entries that an image cannot have.
 */
export async function readArchive(
  content: Content,
  { name, at, keep }: { readonly name: string; readonly at: Place; readonly keep: Keep },
): Promise<Result<readonly ArchiveEntry[] | undefined>> {
  const bytes = decompress(content);
  try {
    const start = await readStart(bytes);
    return ok(isTar(start) ? await readTarEntries(joined(start, bytes), keep) : undefined);
  } catch (error) {
    // zlib's errors have a code, but no system call.
    if (typeof error === 'object' && error !== null && 'syscall' in error)
      return failed(fileFailure(error, `cannot unpack the archive ${name}`));
    const why = error instanceof Error ? error.message : String(error);
    return failed(
      imageFailure('ARCHIVE_INVALID', { what: `the archive ${name} cannot be unpacked`, why, at }),
    );
  } finally {
    await bytes.return(undefined);
  }
}

const blockSize = 512;

/** Whole chunks from the start of a stream, enough to recognise its format. */
async function readStart(source: AsyncGenerator<Uint8Array>): Promise<Buffer> {
  let start = Buffer.alloc(0);
  while (start.length < blockSize) {
    const next = await source.next();
    if (next.done) break;
    start = Buffer.concat([start, next.value]);
  }
  return start;
}

async function* joined(start: Buffer, rest: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield start;
  yield* rest;
}

/** Archives older than POSIX have no magic number; a valid header checksum identifies them. */
function isTar(block: Buffer): boolean {
  if (block.length < blockSize) return false;
  return block.toString('latin1', 257, 262) === 'ustar' || isTarHeader(block.subarray(0, blockSize));
}
