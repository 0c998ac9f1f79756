/** A line of cargo's `--message-format=json` output; the fields that are read. */
export interface Message {
  readonly reason?: string;
  readonly package_id?: string;
  readonly target?: { readonly name: string; readonly kind: readonly string[] };
  readonly filenames?: readonly string[];
  readonly fresh?: boolean;
  readonly out_dir?: string;
}

/** Cargo's messages; other lines are empty messages. */
export function parseMessages(stdout: string): Message[] {
  return stdout.split('\n').map(parseMessage);
}

function parseMessage(line: string): Message {
  if (!line.startsWith('{')) return {};
  try {
    return JSON.parse(line) as Message;
  } catch {
    return {};
  }
}

/** A package as cargo's package ID specification names it. */
export interface PackageId {
  readonly name: string;
  readonly version: string;
  /** `registry+https://…`, `git+https://…`, `path+file:///…`. */
  readonly source: string;
}

/** `path+file:///a/server#0.1.0` and `registry+…#server@0.1.0` are both server 0.1.0. */
export function parsePackageId(id: string): PackageId {
  const cut = id.lastIndexOf('#');
  const [source, behind] = [id.slice(0, cut), id.slice(cut + 1)];
  const at = behind.lastIndexOf('@');
  if (at >= 0) return { name: behind.slice(0, at), version: behind.slice(at + 1), source };
  const path = source.split('?')[0]!;
  return { name: path.slice(path.lastIndexOf('/') + 1), version: behind, source };
}
