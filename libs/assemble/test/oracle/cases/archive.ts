import { type OddMember, oddMember, paxHeader, rawMember, tarEnd } from '../../../../oci/test/oddTar';
import { everyKind, packed, tarGzOf, tarOf, text } from '../archives';
import type { OracleCase } from '../case';

const scratch = (...lines: string[]) => ['FROM scratch', ...lines, ''].join('\n');
const many = tarOf(
  ['a', 'b'].map((path) => ({
    type: 'file',
    path,
    mode: 0o644,
    uid: 0,
    gid: 0,
    content: text(path.repeat(3000)),
  })),
);
const one = tarOf([{ type: 'file', path: 'in/f', mode: 0o644, uid: 5, gid: 6, content: text('f') }]);

const sparse = ['gnu', '0.0', '0.1', '1.0'] as const;
const written = { mode: 0o644, uid: 3, gid: 4 };
const dir = (path: string) =>
  rawMember({ ...written, name: Buffer.from(`${path}/`), typeflag: '5', mode: 0o755 });
const put = (path: string, body: string) =>
  rawMember({ ...written, name: Buffer.from(path), typeflag: '0', body: Buffer.from(body) });
const link = (path: string, target: string) =>
  rawMember({ ...written, name: Buffer.from(path), typeflag: '2', link: Buffer.from(target) });
const hard = (path: string, target: string) =>
  rawMember({ ...written, name: Buffer.from(path), typeflag: '1', link: Buffer.from(target) });
const inOrder = (...members: readonly Buffer[]) => Buffer.concat([...members, tarEnd]);

function sparseFile(kind: (typeof sparse)[number]): OddMember {
  const content = Buffer.alloc(300_000);
  for (let at = 0; at < content.length; at += 10_000) content.write('island', at);
  const ways = { name: 'pax', numbers: 'octal', sparse: kind, prefix: '' } as const;
  return { ...written, path: 'd/disk', type: 'file', content, target: '', ways };
}

/** ADD unpacks local archives. */
export const archiveCases: readonly OracleCase[] = [
  {
    name: 'ADD of a tar with every kind of entry',
    containerfile: scratch('ADD a.tar /x'),
    context: { 'a.tar': { bytes: tarOf(everyKind) } },
  },
  {
    name: 'ADD of a tar.gz with every kind of entry',
    containerfile: scratch('ADD a.tar.gz /x/'),
    context: { 'a.tar.gz': { bytes: tarGzOf(everyKind) } },
  },
  {
    name: 'ADD of a tar.zst',
    containerfile: scratch('ADD a /x/'),
    context: { a: { bytes: Buffer.from(packed.zstd, 'base64') } },
  },
  {
    name: 'ADD of a tar.bz2',
    containerfile: scratch('ADD a /x/'),
    context: { a: { bytes: Buffer.from(packed.bzip2, 'base64') } },
  },
  {
    name: 'ADD of a tar.xz',
    containerfile: scratch('ADD a /x/'),
    context: { a: { bytes: Buffer.from(packed.xz, 'base64') } },
  },
  {
    name: 'an archive is known by its content, not by its name',
    containerfile: scratch('ADD plain.txt /x', 'ADD not.tar /y'),
    context: { 'plain.txt': { bytes: one }, 'not.tar': 'text' },
  },
  {
    name: 'COPY does not unpack',
    containerfile: scratch('COPY a.tar /x'),
    context: { 'a.tar': { bytes: one } },
  },
  {
    name: 'ADD of an archive into the root',
    containerfile: scratch('ADD a.tar /'),
    context: { 'a.tar': { bytes: one } },
  },
  {
    name: 'ADD of an archive and a file',
    containerfile: scratch('ADD a.tar f /x/'),
    context: { 'a.tar': { bytes: one }, f: 'f' },
  },
  {
    name: 'ADD of archives by a glob',
    containerfile: scratch('ADD *.tar /x/'),
    context: { 'a.tar': { bytes: one }, 'b.tar': { bytes: tarOf(everyKind) } },
  },
  {
    name: 'ADD of a directory with an archive in it',
    containerfile: scratch('ADD d /x/'),
    context: { 'd/a.tar': { bytes: one } },
  },
  {
    name: 'ADD --chown of an archive',
    containerfile: scratch('ADD --chown=3:4 a.tar /x/'),
    context: { 'a.tar': { bytes: tarOf(everyKind) } },
  },
  {
    name: 'ADD --chmod of an archive',
    containerfile: scratch('ADD --chmod=0700 a.tar /x/'),
    context: { 'a.tar': { bytes: one } },
  },
  {
    name: 'ADD of an archive over what is there',
    containerfile: scratch('COPY d /x', 'ADD a.tar /x'),
    context: { 'a.tar': { bytes: one }, 'd/in/g': 'g', 'd/in/f': 'old' },
  },
  {
    name: 'ADD of an archive whose file replaces a directory',
    containerfile: scratch('COPY d /x', 'ADD a.tar /x'),
    context: { 'a.tar': { bytes: one }, 'd/in/f/g': 'g' },
  },
  {
    name: 'ADD of an archive through a link',
    containerfile: scratch('COPY d /x', 'ADD a.tar /x'),
    context: { 'a.tar': { bytes: one }, 'd/in': { link: '/real' }, 'd/g': '1' },
    refused: { by: 'both', code: 'COPY_DESTINATION_INVALID' },
  },
  {
    name: 'ADD of an archive through a link to a directory',
    containerfile: scratch('COPY d /x', 'ADD a.tar /x'),
    context: { 'a.tar': { bytes: one }, 'd/in': { link: '/real' }, 'd/real/g': '1' },
  },
  {
    name: 'ADD of an archive below a file',
    containerfile: scratch('COPY d /x', 'ADD a.tar /x'),
    context: { 'a.tar': { bytes: one }, 'd/in': 'a file' },
    refused: { by: 'both', code: 'COPY_DESTINATION_INVALID' },
  },
  {
    name: 'ADD of an archive that is cut in its padding',
    containerfile: scratch('ADD a.tar /x'),
    context: { 'a.tar': { bytes: one.subarray(0, 513) } },
    refused: { by: 'native', code: 'ARCHIVE_INVALID', reason: 'what is cut is damaged, wherever it is cut' },
  },
  {
    name: 'ADD of a link to an archive',
    containerfile: scratch('ADD l /x/'),
    context: { l: { link: 'd/a.tar' }, 'd/a.tar': { bytes: one } },
  },
  {
    name: 'ADD of an empty archive',
    containerfile: scratch('ADD a.tar /x/'),
    context: { 'a.tar': { bytes: tarOf([]) } },
  },
  {
    name: 'ADD of an archive with long names',
    containerfile: scratch('ADD a.tar /x/'),
    context: {
      'a.tar': {
        bytes: tarOf([
          {
            type: 'file',
            path: `${'p'.repeat(120)}/${'q'.repeat(200)}`,
            mode: 0o644,
            uid: 3000000,
            gid: 0,
            content: text('f'),
          },
        ]),
      },
    },
  },
  {
    name: 'ADD of a truncated archive',
    containerfile: scratch('ADD a.tar /x/'),
    context: { 'a.tar': { bytes: many.subarray(0, 1500) } },
    refused: { by: 'both', code: 'ARCHIVE_INVALID' },
  },
  {
    name: 'ADD of a damaged tar.gz',
    containerfile: scratch('ADD a.tar.gz /x/'),
    context: { 'a.tar.gz': { bytes: tarGzOf(everyKind).subarray(0, 200) } },
    refused: { by: 'both', code: 'ARCHIVE_INVALID' },
  },
  {
    name: 'ADD of a gzip that is no archive',
    containerfile: scratch('ADD a.gz /x/'),
    context: { 'a.gz': { bytes: Buffer.from('H4sIAAAAAAAAA8tIzcnJ5wIAIDA6NgYAAAA=', 'base64') } },
  },
  ...sparse.map(
    (kind): OracleCase => ({
      name: `ADD of an archive with a sparse file: ${kind}`,
      containerfile: scratch('ADD a.tar /x/'),
      context: { 'a.tar': { bytes: inOrder(oddMember(sparseFile(kind))) } },
      ...(kind === 'gnu'
        ? { refused: { by: 'podman' as const, reason: 'Podman 4.3 does not know the type S' } }
        : {}),
    }),
  ),
  {
    name: 'ADD of an archive whose later members replace links and directories',
    containerfile: scratch('ADD a.tar /x/'),
    context: {
      'a.tar': {
        bytes: inOrder(
          ...[dir('real'), link('way', 'real'), put('way/f', 'f'), dir('way'), put('way/g', 'g')],
          ...[put('twice', 'old'), hard('kept', 'twice'), put('twice', 'new')],
        ),
      },
    },
  },
  {
    name: 'ADD of an archive with a hard link to what is there already',
    containerfile: scratch('COPY f /x/f', 'ADD a.tar /x/'),
    context: {
      f: 'f',
      'a.tar': {
        bytes: inOrder(rawMember({ name: Buffer.from('h'), typeflag: '1', link: Buffer.from('f') })),
      },
    },
  },
  {
    name: 'ADD of an archive with a hard link to nothing',
    containerfile: scratch('ADD a.tar /x/'),
    context: { 'a.tar': { bytes: inOrder(hard('h', 'f')) } },
    refused: { by: 'both', code: 'ARCHIVE_INVALID' },
  },
  {
    name: 'ADD of an archive with a comment for all members, as git makes it',
    containerfile: scratch('ADD a.tar /x/'),
    context: {
      'a.tar': {
        bytes: inOrder(paxHeader([['comment', 'c0ffee']], 'g', 'pax_global_header'), put('f', 'f')),
      },
    },
  },
  {
    name: 'ADD of an archive with a part of a file',
    containerfile: scratch('ADD a.tar /x/'),
    context: {
      'a.tar': { bytes: inOrder(rawMember({ name: Buffer.from('f'), typeflag: 'M', magic: 'gnu' })) },
    },
    refused: { by: 'both', code: 'ARCHIVE_INVALID' },
  },
];
