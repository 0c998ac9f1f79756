import { type Kind, type Looked, nowhere, type Signature } from './look';

/**
 * The files whose content, mode or mere kind counted, and the directories in which it counted what there is. Undefined
 * in place of one: a link was among them, or something has changed just now and may do so again unseen.
 */
export type Witness = readonly string[];

/** Behind a path in a witness: only its state counted, which an edit of a file leaves as it is. */
export const ofState = '\0state';
/** Only the kind of a path counted: unrelated files in a shared directory do not invalidate the entry. */
export const ofKind = '\0kind';

const executable: Signature = { inode: 4, size: 0, changed: 0 };
const signatures: Readonly<Record<Kind, Signature>> = {
  none: nowhere,
  file: { inode: 1, size: 0, changed: 0 },
  directory: { inode: 2, size: 0, changed: 0 },
  link: { inode: 3, size: 0, changed: 0 },
};

/** The file or directory that a path of a witness is about. */
export function placeOf(path: string): string {
  const end = path.indexOf('\0');
  return end < 0 ? path : path.slice(0, end);
}

/** Of what was seen there, what counts for a path of a witness. */
export function signatureIn(path: string, looked: Looked): Signature {
  if (path.endsWith(ofKind)) return signatures[looked.kind];
  if (!path.endsWith(ofState) || hasOwnState(looked)) return looked;
  return looked.executable ? executable : signatures[looked.kind];
}

/** Whether the state of a path changes with more than its kind and its mode. */
export function hasOwnState({ kind, restamped }: Looked): boolean {
  return kind === 'link' || restamped;
}

export function isSame(one: Signature, other: Signature): boolean {
  return one.inode === other.inode && one.size === other.size && one.changed === other.changed;
}

export function toText({ inode, size, changed }: Signature): string {
  return `${inode}:${size}:${changed}`;
}
