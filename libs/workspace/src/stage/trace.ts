import { type Fingerprint, type Kind, type Looked, nowhere } from './look';

/**
 * The paths on which a result depends: files by content, mode or kind, and directories by their entries. A result has no
 * trace if it depends on a link, or on a file that changed just now and could change again with the same fingerprint.
 */
export type Trace = readonly string[];

/** Suffix of a path in a trace: the result depends only on its state, which an edit of a file does not change. */
export const ofState = '\0state';
/** Suffix: the result depends only on the path's kind. Unrelated files in a shared directory do not invalidate it. */
export const ofKind = '\0kind';

const executable: Fingerprint = { inode: 4, size: 0, changed: 0 };
const fingerprints: Readonly<Record<Kind, Fingerprint>> = {
  none: nowhere,
  file: { inode: 1, size: 0, changed: 0 },
  directory: { inode: 2, size: 0, changed: 0 },
  link: { inode: 3, size: 0, changed: 0 },
};

/** The suffixes of paths in traces; '' stands for contents and entries. */
export const aspects: readonly string[] = ['', ofState, ofKind];

/** A path of a trace without its suffix. */
export function placeOf(path: string): string {
  const end = path.indexOf('\0');
  return end < 0 ? path : path.slice(0, end);
}

/** Whether what a result depends on is the same in two looks at a place. */
export function isSameIn(aspect: string, one: Looked, other: Looked): boolean {
  return isSame(fingerprintIn(aspect, one), fingerprintIn(aspect, other));
}

function fingerprintIn(aspect: string, looked: Looked): Fingerprint {
  if (aspect === ofKind) return fingerprints[looked.kind];
  if (aspect !== ofState || hasOwnState(looked)) return looked;
  return looked.executable ? executable : fingerprints[looked.kind];
}

/** Whether the state of a path depends on more than its kind and mode. */
export function hasOwnState({ kind, restamped }: Looked): boolean {
  return kind === 'link' || (kind === 'file' && restamped);
}

function isSame(one: Fingerprint, other: Fingerprint): boolean {
  return one.inode === other.inode && one.size === other.size && one.changed === other.changed;
}

export function toText({ inode, size, changed }: Fingerprint): string {
  return `${inode}:${size}:${changed}`;
}
