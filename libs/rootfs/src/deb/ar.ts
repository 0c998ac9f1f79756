import { failed, ok, type Result, rootfsFailure } from '@prism-build/errors';

interface ArMember {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const magic = '!<arch>\n';
const headerSize = 60;

/** The members of an ar archive in the common format that deb(5) uses: 60-byte headers, members at even offsets. */
export function readAr(bytes: Uint8Array): Result<ArMember[]> {
  const invalid = (what: string) => failed(rootfsFailure('PACKAGE_INVALID', { what }));
  const text = (from: number, to: number) => Buffer.from(bytes.subarray(from, to)).toString('latin1');
  if (text(0, magic.length) !== magic) return invalid('it is not an ar archive');
  const members: ArMember[] = [];
  for (let at = magic.length; at < bytes.length; ) {
    if (at + headerSize > bytes.length) return invalid('it ends within a header of its ar archive');
    // GNU ends names with a slash, dpkg does not.
    const name = text(at, at + 16)
      .trimEnd()
      .replace(/\/$/, '');
    const size = text(at + 48, at + 58).trimEnd();
    if (text(at + 58, at + headerSize) !== '`\n' || !/^\d+$/.test(size))
      return invalid('a header of its ar archive is damaged');
    const start = at + headerSize;
    const end = start + Number(size);
    if (end > bytes.length) return invalid(`it ends within its member ${name}`);
    members.push({ name, bytes: bytes.subarray(start, end) });
    at = end + (end % 2);
  }
  return ok(members);
}
