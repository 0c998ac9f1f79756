import { type Keep, keepBytes, readTarTree, type Tree } from '@prism-build/assemble';
import { failed, ok, type Result, rootfsFailure } from '@prism-build/errors';
import { readAr } from './ar';
import { parseParagraph } from './control';
import { decompressTar } from './decompress';

/** A Debian binary package, unpacked. */
export interface Deb {
  /** The fields of its control file. */
  readonly fields: ReadonlyMap<string, string>;
  /** The files of its control archive: `control`, `md5sums`, `conffiles`, maintainer scripts … */
  readonly control: ReadonlyMap<string, string>;
  /** Its files, as `dpkg-deb -x` would extract them. */
  readonly tree: Tree;
}

/**
 * Unpacks a .deb (deb(5): control and data as tar, plain, gzip, xz or zstd). `keep` stores contents. Failure:
 * PACKAGE_INVALID, if it is damaged. Throws errors of the disk.
 */
export async function readDeb(
  bytes: Uint8Array,
  label: string,
  keep: Keep = keepBytes,
): Promise<Result<Deb>> {
  const invalid = (what: string, why?: string) =>
    failed(
      rootfsFailure('PACKAGE_INVALID', { what: `${label} is not a usable Debian package: ${what}`, why }),
    );
  const members = readAr(bytes);
  if (!members.ok) return invalid(members.failures[0]!.what);
  const [format, ...rest] = members.value;
  if (format?.name !== 'debian-binary' || !Buffer.from(format.bytes).toString('latin1').startsWith('2.'))
    return invalid('it does not begin with debian-binary 2');
  const trees: Tree[] = [];
  for (const prefix of ['control.tar', 'data.tar']) {
    const member = rest.find(({ name }) => name.startsWith(prefix));
    if (!member) return invalid(`it has no ${prefix}`);
    const tar = decompressTar(member.name, member.bytes);
    if (!tar) return invalid(`${member.name} is compressed in an unknown way`);
    try {
      trees.push(await readTarTree(tar, prefix === 'control.tar' ? keepBytes : keep));
    } catch (error) {
      if (isDiskError(error)) throw error;
      return invalid(`${member.name} is damaged`, error instanceof Error ? error.message : String(error));
    }
  }
  const control = textFiles(trees[0]!);
  const fields = parseParagraph(control.get('control') ?? '');
  const missing = ['Package', 'Version', 'Architecture'].filter((name) => !fields.get(name));
  if (missing.length > 0) return invalid(`its control file has no ${missing.join(', ')}`);
  return ok({ fields, control, tree: trees[1]! });
}

function textFiles(tree: Tree): Map<string, string> {
  return new Map(
    [...tree].flatMap(([path, node]) => {
      if (node.type !== 'file' || node.content.kind !== 'bytes') return [];
      return [[path, Buffer.from(node.content.bytes).toString('utf8')] as const];
    }),
  );
}

/** Only the file system's errors name a system call and a path. */
function isDiskError(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'syscall' in error && 'path' in error;
}
