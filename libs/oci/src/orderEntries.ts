import { type Failure, failed, ociFailure, ok, type Result } from '@prism-build/errors';
import { contentSize, type Entry, type LayerEntries } from './entry';

const MAX_MTIME = 0o77777777777;
/** As \p{Surrogate}, whose table V8 would load at each start. */
const LONE_SURROGATE = /[\ud800-\udfff]/u;

/**
 * The entries in the order of a layer: by the bytes of the path, so parents come first; hard links last, because
 * extraction needs their targets. Reports every violation: paths that leave the root, duplicates, children of entries
 * that are not directories, hard links to nothing, numbers out of range.
 */
export function orderEntries(tree: LayerEntries): Result<LayerEntries> {
  const ordered = [...tree].sort(
    (a, b) => +(a.type === 'hardlink') - +(b.type === 'hardlink') || compareBytes(a.path, b.path),
  );
  const byPath = new Map(ordered.map((entry) => [entry.path, entry]));
  const failures = ordered.flatMap((entry) => checkEntry(entry, byPath));
  if (byPath.size !== ordered.length) failures.push(...findDuplicates(ordered));
  return failures.length > 0 ? failed(...failures) : ok(ordered);
}

/** Compares two texts by their UTF-8 bytes without encoding them: copies of 100,000 paths would use too much memory. */
function compareBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const [one, other] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (one === other) continue;
    // Characters beyond U+FFFF sort last in UTF-8, but their UTF-16 pairs sort before U+E000.
    return isSurrogate(one) === isSurrogate(other) ? one - other : isSurrogate(one) ? 1 : -1;
  }
  return a.length - b.length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}

function checkEntry(entry: Entry, byPath: ReadonlyMap<string, Entry>): Failure[] {
  const found: string[] = [];
  if (!isCleanPath(entry.path)) found.push('the path is not a clean relative path');
  const parent = findBadParent(entry.path, byPath);
  if (parent !== undefined) found.push(`its parent ${parent} is not a directory in the same layer`);
  if (!inRange(entry.mode, 0o7777)) found.push(`mode ${entry.mode} is not within 0 to 0o7777`);
  if (!inRange(entry.uid, 2 ** 32 - 2)) found.push(`uid ${entry.uid} is out of range`);
  if (!inRange(entry.gid, 2 ** 32 - 2)) found.push(`gid ${entry.gid} is out of range`);
  if (!inRange(entry.mtime ?? 0, MAX_MTIME))
    found.push(`mtime ${entry.mtime} is not a whole second since 1970`);
  found.push(...checkKind(entry, byPath));
  const names = Object.keys(entry.xattrs ?? {});
  if (names.some((name) => name === '' || /[=\n\0]/.test(name))) found.push('an xattr has an illegal name');
  return found.map((why) =>
    ociFailure('LAYER_ENTRY_INVALID', { what: `Layer entry ${entry.path}: ${why}.` }),
  );
}

function checkKind(entry: Entry, byPath: ReadonlyMap<string, Entry>): string[] {
  switch (entry.type) {
    case 'file':
      return inRange(contentSize(entry.content), Number.MAX_SAFE_INTEGER)
        ? []
        : ['its size is not a whole number'];
    case 'symlink':
      return entry.linkTarget !== '' && isEncodable(entry.linkTarget)
        ? []
        : ['the link target is empty or illegal'];
    case 'hardlink':
      return byPath.get(entry.linkTarget)?.type === 'file'
        ? []
        : [`its target ${entry.linkTarget} is not a file of the same layer`];
    case 'char':
    case 'block':
      return inRange(entry.major, 0o7777777) && inRange(entry.minor, 0o7777777)
        ? []
        : ['device number out of range'];
    default:
      return [];
  }
}

function isCleanPath(path: string): boolean {
  return isEncodable(path) && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

/** A lone surrogate has no UTF-8 form: two such names would become the same bytes. */
function isEncodable(text: string): boolean {
  return !text.includes('\0') && !LONE_SURROGATE.test(text);
}

function findBadParent(path: string, byPath: ReadonlyMap<string, Entry>): string | undefined {
  for (let cut = path.indexOf('/'); cut > 0; cut = path.indexOf('/', cut + 1)) {
    const parent = byPath.get(path.slice(0, cut));
    if (parent && parent.type !== 'directory') return parent.path;
  }
  return undefined;
}

function inRange(value: number, max: number): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value <= max;
}

function findDuplicates(ordered: LayerEntries): Failure[] {
  const seen = new Set<string>();
  return ordered.flatMap(({ path }) => {
    if (!seen.has(path)) {
      seen.add(path);
      return [];
    }
    return [
      ociFailure('LAYER_ENTRY_INVALID', { what: `Layer entry ${path}: the path occurs more than once.` }),
    ];
  });
}
