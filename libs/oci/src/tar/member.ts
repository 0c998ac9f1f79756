import type { EntryHeader } from '../entry';
import type { RawHeader } from './header';
import { parseCount } from './numbers';
import { findRecord, type PaxRecords } from './paxRecords';
import { decodeText, printBytes } from './text';
import { xattrsOf } from './xattrs';

/** Data from headers before a member: GNU's long names, its own pax records and the global ones. */
export interface Extensions {
  readonly longName?: Buffer | undefined;
  readonly longLink?: Buffer | undefined;
  readonly records?: PaxRecords | undefined;
}

const TYPES: Readonly<Record<string, EntryHeader['type']>> = {
  '\0': 'file',
  '0': 'file',
  '7': 'file',
  S: 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'char',
  '4': 'block',
  '5': 'directory',
  // The body of GNU's form for incremental backups lists names, which are members of their own.
  D: 'directory',
  '6': 'fifo',
};

const REFUSED: Readonly<Record<string, string>> = {
  M: 'the rest of a file whose start is in another volume',
  N: 'a list of long names as GNU tar wrote it before 1990',
  A: 'an access control list of Solaris',
  E: 'extended attributes of Solaris',
};

/** A member of an archive, with the data of all its headers. */
export interface Member {
  readonly header: EntryHeader;
  /** Bytes of its body; a link, device or directory has none, whatever its header says. */
  readonly stored: number;
}

/** Throws an Error on members that tar readers interpret differently, and on members that an image cannot contain. */
export function describeMember(raw: RawHeader, { longName, longLink, records = [] }: Extensions): Member {
  const name =
    pick(longName, findRecord(records, 'GNU.sparse.name') ?? findRecord(records, 'path')) ?? raw.name;
  const shown = printBytes(name);
  try {
    checkCharset(records);
    const link = pick(longLink, findRecord(records, 'linkpath')) ?? raw.linkname;
    const stored = countOf(records, 'size') ?? raw.size;
    const type = typeOf(raw, name, stored);
    const path = decodePath(name, 'the name');
    const xattrs = xattrsOf(records);
    const common = {
      path,
      mode: raw.mode & 0o7777,
      uid: countOf(records, 'uid') ?? raw.uid,
      gid: countOf(records, 'gid') ?? raw.gid,
      mtime: Math.floor(timeOf(records) ?? raw.mtime),
      ...(xattrs ? { xattrs } : {}),
    };
    const header = (): EntryHeader => {
      switch (type) {
        case 'symlink':
          return { ...common, type, linkTarget: decodePath(link, 'the target') };
        case 'hardlink':
          return { ...common, type, linkTarget: cleanName(decodePath(link, 'the target')) };
        case 'char':
        case 'block':
          return { ...common, type, major: raw.major, minor: raw.minor };
        default:
          return { ...common, type };
      }
    };
    const hasBody = type === 'file' || raw.typeflag === 'D';
    return { header: { ...header(), path: cleanName(path) }, stored: hasBody ? stored : 0 };
  } catch (error) {
    throw new Error(`${shown}: ${(error as Error).message}`);
  }
}

/** `./usr/bin/` to `usr/bin`; `''` is the root. */
function cleanName(name: string): string {
  return name
    .replace(/^(\.?\/)+/, '')
    .replace(/^\.$/, '')
    .replace(/\/+$/, '');
}

/** Equal values of two extensions are accepted; readers disagree which of two different ones wins. */
function pick(gnu: Buffer | undefined, pax: Buffer | undefined): Buffer | undefined {
  if (gnu && pax && !gnu.equals(pax))
    throw new Error(`${printBytes(gnu)} has a second name, ${printBytes(pax)}`);
  return pax ?? gnu;
}

function typeOf(raw: RawHeader, name: Buffer, stored: number): EntryHeader['type'] {
  const type = TYPES[raw.typeflag];
  if (type === undefined) {
    const kind = REFUSED[raw.typeflag] ?? `of the unknown type ${JSON.stringify(raw.typeflag)}`;
    throw new Error(`it is ${kind}`);
  }
  // Before POSIX, a trailing slash marked a directory.
  if (type !== 'file' || name.at(-1) !== 0x2f) return type;
  if (stored > 0) throw new Error('it is a file with the name of a directory');
  return 'directory';
}

function decodePath(bytes: Buffer, what: string): string {
  if (bytes.length === 0) throw new Error(`${what} is empty`);
  if (bytes.includes(0)) throw new Error(`${what} holds a NUL`);
  return decodeText(bytes, what);
}

/** BINARY means that names are raw bytes of the disk; they are checked for UTF-8. */
function checkCharset(records: PaxRecords): void {
  const charset = findRecord(records, 'hdrcharset')?.toString('latin1') ?? 'BINARY';
  if (!['BINARY', 'ISO-IR 10646 2000 UTF-8'].includes(charset))
    throw new Error(`its name is in the character set ${charset}`);
}

function countOf(records: PaxRecords, key: string): number | undefined {
  const value = findRecord(records, key);
  return value && parseCount(value.toString('latin1'), key);
}

function timeOf(records: PaxRecords): number | undefined {
  const text = findRecord(records, 'mtime')?.toString('latin1');
  if (text === undefined) return undefined;
  if (!/^-?\d+(\.\d*)?$/.test(text)) throw new Error(`its mtime is not a time: ${text}`);
  return Number(text);
}
