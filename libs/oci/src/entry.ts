/** Where the bytes of a file come from: memory, or a file of exactly `size` bytes that is read once. */
export type Content =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'file'; readonly path: string; readonly size: number };

interface Common {
  /** Relative to the image's root, `usr/bin/x`: no leading, trailing or double slash, no `.` or `..`. */
  readonly path: string;
  /** The twelve permission bits, e.g. 0o755, 0o4755. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Whole seconds since 1970; 0 when left out, so that time never decides a digest. */
  readonly mtime?: number | undefined;
  /** Extended attributes by full name, e.g. `security.capability`. */
  readonly xattrs?: Readonly<Record<string, Uint8Array>> | undefined;
}

type FileEntry = Common & { readonly type: 'file'; readonly content: Content };
type DirectoryEntry = Common & { readonly type: 'directory' };
type SymlinkEntry = Common & { readonly type: 'symlink'; readonly linkTarget: string };
/** `linkTarget` is the path of a `file` entry of the same layer. */
type HardlinkEntry = Common & { readonly type: 'hardlink'; readonly linkTarget: string };
type FifoEntry = Common & { readonly type: 'fifo' };
type DeviceEntry = Common & {
  readonly type: 'char' | 'block';
  readonly major: number;
  readonly minor: number;
};

/** One entry of a layer, as a value. */
export type Entry = FileEntry | DirectoryEntry | SymlinkEntry | HardlinkEntry | FifoEntry | DeviceEntry;
export type LayerEntries = readonly Entry[];

/** An entry without its content. */
export type EntryHeader = Entry extends infer E ? (E extends Entry ? Omit<E, 'content'> : never) : never;

const EMPTY: Content = { kind: 'bytes', bytes: new Uint8Array(0) };
const ROOT_OWNED = { type: 'file', mode: 0o644, uid: 0, gid: 0, content: EMPTY } as const;

/** The entry that deletes `path` of the layers below (OCI image-spec, layer.md, "Whiteouts"). */
export function whiteout(path: string): FileEntry {
  const cut = path.lastIndexOf('/') + 1;
  return { ...ROOT_OWNED, path: `${path.slice(0, cut)}.wh.${path.slice(cut)}` };
}

/** The entry that hides everything below `directory` in the layers below. */
export function opaqueWhiteout(directory: string): FileEntry {
  return { ...ROOT_OWNED, path: directory === '' ? '.wh..wh..opq' : `${directory}/.wh..wh..opq` };
}

export function contentSize(content: Content): number {
  return content.kind === 'bytes' ? content.bytes.length : content.size;
}
