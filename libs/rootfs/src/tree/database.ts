import { createHash } from 'node:crypto';
import { type Node, readContent, type Tree } from '@prism-build/assemble';
import type { Deb } from '../deb/readDeb';
import { placePath } from './placePath';

/** A package, with the base name of its database files. */
interface Named {
  readonly deb: Deb;
  readonly name: string;
}

/**
 * `var/lib/dpkg/status.d` as in distroless images: the control file of each package, and the MD5 sums of those of its files
 * that are in the image. Scanners find packages by it; dpkg cannot use it.
 */
export function statusDirectory(packages: readonly Deb[], native: string, tree: Tree): [string, Node][] {
  return packages.flatMap((deb) => {
    const foreign = isForeign(deb, native) ? `_${deb.fields.get('Architecture')}` : '';
    const path = `var/lib/dpkg/status.d/${deb.fields.get('Package')}${foreign}`;
    const sums = (deb.control.get('md5sums') ?? '')
      .split('\n')
      .filter((line) => tree.has(placePath(line.slice(34), false)));
    return [
      [path, textFile(`${controlOf(deb)}\n`)],
      [`${path}.md5sums`, textFile(sums.map((line) => `${line}\n`).join(''))],
    ];
  });
}

/** The database that dpkg and apt work on (dpkg(1), FILES): every package installed and configured. */
export function dpkgDatabase(packages: readonly Deb[], native: string, tree: Tree): [string, Node][] {
  const named = packages.map((deb): Named => ({ deb, name: infoName(deb, native) }));
  const info = named.flatMap(({ deb, name }) => [
    [`${name}.list`, textFile(listPaths(deb))] as const,
    ...[...deb.control]
      .filter(([file]) => file !== 'control')
      .map(([file, text]) => [`${name}.${file}`, textFile(text, isScript(file) ? 0o755 : 0o644)] as const),
  ]);
  const status = named.map(({ deb }) => statusParagraph(deb, tree)).join('\n');
  return [
    ['var/lib/dpkg/status', textFile(status)],
    ['var/lib/dpkg/info/format', textFile('1\n')],
    ...['diversions', 'statoverride', 'available'].map((name): [string, Node] => [
      `var/lib/dpkg/${name}`,
      textFile(''),
    ]),
    ...info.map(([file, node]): [string, Node] => [`var/lib/dpkg/info/${file}`, node]),
  ];
}

function statusParagraph(deb: Deb, tree: Tree): string {
  const [first, ...rest] = controlOf(deb).split('\n');
  const conffiles = (deb.control.get('conffiles') ?? '').split('\n').filter((line) => line.startsWith('/'));
  const sums = conffiles.map((path) => ` ${path} ${md5Of(tree.get(path.slice(1)))}`);
  const lines = [first, 'Status: install ok installed', ...rest];
  if (sums.length > 0) lines.push('Conffiles:', ...sums);
  return `${lines.join('\n')}\n`;
}

function md5Of(node: Node | undefined): string {
  if (node?.type !== 'file') return 'newconffile';
  return createHash('md5').update(readContent(node.content)).digest('hex');
}

/** The paths as in the package; dpkg handles merged directories itself. */
function listPaths(deb: Deb): string {
  return ['/.', ...[...deb.tree.keys()].map((path) => `/${path}`)].map((path) => `${path}\n`).join('');
}

function infoName(deb: Deb, native: string): string {
  const [name, architecture] = [deb.fields.get('Package')!, deb.fields.get('Architecture')!];
  return deb.fields.get('Multi-Arch') === 'same' || isForeign(deb, native) ? `${name}:${architecture}` : name;
}

function isForeign(deb: Deb, native: string): boolean {
  return ![native, 'all'].includes(deb.fields.get('Architecture')!);
}

function isScript(file: string): boolean {
  return ['preinst', 'postinst', 'prerm', 'postrm', 'config'].includes(file);
}

function controlOf(deb: Deb): string {
  return (deb.control.get('control') ?? '').trimEnd();
}

function textFile(text: string, mode = 0o644): Node {
  return { type: 'file', mode, uid: 0, gid: 0, content: { kind: 'bytes', bytes: Buffer.from(text) } };
}
