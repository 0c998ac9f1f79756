/** What a Go program says about its build (debug/buildinfo). */
export interface BuildInfo {
  /** As in go1.26.1. */
  readonly version: string;
  /** Versions by the path of the module; replacements count under the path that is imported. */
  readonly modules: ReadonlyMap<string, string>;
}

const MAGIC = Buffer.from('\xff Go buildinf:', 'latin1');
const INLINE = 2;
/** The text of modules is between two sentinels of this length. */
const SENTINEL = 16;

/** Reads `.go.buildinfo` of Go 1.18 and later. Undefined for anything else. */
export function readBuildInfo(section: Buffer): BuildInfo | undefined {
  if (!section.subarray(0, MAGIC.length).equals(MAGIC) || ((section[15] ?? 0) & INLINE) === 0)
    return undefined;
  const first = readText(section, 32);
  const second = first && readText(section, first.end);
  if (!first || !second) return undefined;
  const modules = new Map<string, string>();
  const text = second.bytes.subarray(SENTINEL, -SENTINEL).toString('utf8');
  let last = '';
  for (const line of text.split('\n')) {
    const [kind, path = '', version = ''] = line.split('\t');
    if (kind === 'mod' || kind === 'dep') {
      last = path;
      modules.set(path, version);
    }
    // A local replacement has no version.
    if (kind === '=>' && version !== '') modules.set(last, version);
  }
  return { version: first.bytes.toString('utf8'), modules };
}

/** The version of the module that contains a package; of Go for the standard library. */
export function versionOf({ version, modules }: BuildInfo, path: string): string | undefined {
  for (let at = path; at !== ''; at = at.slice(0, Math.max(at.lastIndexOf('/'), 0))) {
    const found = modules.get(at);
    if (found !== undefined) return /^(\(devel\))?$/.test(found) ? undefined : found;
  }
  // Paths of modules have a dot in the first element; `main` and the programs of the workspace have none.
  return /^[^/]*\./.test(path) || path === 'main' ? undefined : version;
}

function readText(
  section: Buffer,
  from: number,
): { readonly bytes: Buffer; readonly end: number } | undefined {
  let length = 0;
  for (let at = from, shift = 0; at < section.length && shift < 32; at++, shift += 7) {
    const byte = section[at]!;
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) {
      const end = at + 1 + length;
      return end <= section.length ? { bytes: section.subarray(at + 1, end), end } : undefined;
    }
  }
  return undefined;
}
