import { dirname } from 'node:path/posix';
import { resolvePath, type Tree, toTreePath } from '@prism-build/assemble';
import type { ImageFiles } from './readFiles';

/** A file that a package installed, and the digest by which it is unaltered; undefined if the package has none. */
export interface Listed {
  /** `deb <name>`, `apk <name>`, or `pypi <directory of its metadata>`. */
  readonly package: string;
  readonly digest: { readonly kind: 'md5' | 'sha1' | 'sha256'; readonly hex: string } | undefined;
}

/** Everything that the lists of packages name, by path in the tree. A path may be in several packages. */
export function readPackageLists({
  tree,
  lists,
}: Pick<ImageFiles, 'tree' | 'lists'>): ReadonlyMap<string, readonly Listed[]> {
  const found = new Map<string, Listed[]>();
  for (const [path, node] of tree) {
    const text =
      node.type === 'file' && node.content.kind === 'file' ? lists.get(node.content.path) : undefined;
    if (text === undefined) continue;
    for (const { at, listed } of readList(path, text)) {
      // Packages may name a path through a link: `lib/x` where /lib leads to /usr/lib.
      const place = placeOf(tree, at);
      if (place !== undefined) found.set(place, [...(found.get(place) ?? []), listed]);
    }
  }
  return found;
}

function placeOf(tree: Tree, path: string): string | undefined {
  const clean = toTreePath(path);
  if (tree.get(clean)?.type === 'file') return clean;
  const real = resolvePath(tree, clean);
  return real !== undefined && tree.get(real)?.type === 'file' ? real : undefined;
}

interface Line {
  readonly at: string;
  readonly listed: Listed;
}

function readList(path: string, text: string): Line[] {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (/(^|\/)var\/lib\/dpkg\//.test(path)) return readDpkg(name, text);
  if (name === 'installed') return readApk(text);
  return name === 'RECORD' ? readRecord(path, text) : [];
}

/** `<package>[:<architecture>].md5sums` of dpkg, `<package>[_<architecture>].md5sums` of status.d. */
function readDpkg(file: string, text: string): Line[] {
  const [, owner] = /^([^:_]+)(?:[:_]\w+)?\.md5sums$/.exec(file) ?? [];
  if (owner === undefined) return [];
  return text.split('\n').flatMap((line): Line[] => {
    const [, hex = '', at] = /^([0-9a-f]{32}) [ *](.+)$/.exec(line) ?? [];
    return at === undefined
      ? []
      : [{ at, listed: { package: `deb ${owner}`, digest: { kind: 'md5', hex } } }];
  });
}

/** The database of apk: P: package, F: directory, R: file, Z: its digest, `Q1` and SHA-1 in base64. */
function readApk(text: string): Line[] {
  const lines: Line[] = [];
  let [owner, directory, file] = ['', '', ''];
  for (const line of text.split('\n')) {
    const [field, value] = [line.slice(0, 2), line.slice(2)];
    if (field === 'P:') owner = value;
    else if (field === 'F:') directory = value;
    else if (field === 'R:') file = value;
    else if (field === 'Z:' && value.startsWith('Q1')) {
      const hex = Buffer.from(value.slice(2), 'base64').toString('hex');
      lines.push({
        at: `${directory}/${file}`,
        listed: { package: `apk ${owner}`, digest: { kind: 'sha1', hex } },
      });
    }
  }
  return lines;
}

/** RECORD of a Python distribution (PEP 376, PEP 427): path, `sha256=…`, size; paths are relative to its parent. */
function readRecord(path: string, text: string): Line[] {
  const information = dirname(path);
  const owner = `pypi ${information}`;
  return text.split('\n').flatMap((line): Line[] => {
    const [, quoted, plain, hash] = /^(?:"((?:[^"]|"")*)"|([^,]*)),(?:sha256=([\w-]+)=*)?,/.exec(line) ?? [];
    const name = quoted?.replaceAll('""', '"') ?? plain;
    if (!name) return [];
    const hex = hash && Buffer.from(hash, 'base64url').toString('hex');
    const at = name.startsWith('/') ? name : `${dirname(information)}/${name}`;
    return [{ at, listed: { package: owner, digest: hex ? { kind: 'sha256', hex } : undefined } }];
  });
}
