import { resolvePath } from '@prism-build/assemble';
import { elfArchitecture } from '@prism-build/oci';
import type { FileFacts } from '@prism-build/policy';
import type { ImageTree } from './readHeads';

const programs = /^(?:usr\/(?:local\/)?|opt\/[^/]+\/)?s?bin\/([^/]+)$/;

const shells = new Set(
  'sh bash rbash dash ash zsh ksh ksh93 mksh fish csh tcsh busybox toybox nu pwsh'.split(' '),
);

const managers = new Set(
  [
    'apt apt-get aptitude dpkg apk rpm yum dnf dnf5 microdnf tdnf zypper pacman opkg xbps-install emerge nix',
    'pip pip3 npm yarn pnpm gem bundle composer conda',
  ]
    .join(' ')
    .split(' '),
);

/** What the rules ask about the files of an image. Paths are sorted and have no leading slash. */
export function listFacts({ tree, heads }: ImageTree): FileFacts {
  const nodes = [...tree].sort(([a], [b]) => (a < b ? -1 : 1));
  const named = (names: ReadonlySet<string>) =>
    nodes.flatMap(([path]) => {
      const name = programs.exec(path)?.[1];
      return name !== undefined && names.has(name) && isProgram(tree, path) ? [path] : [];
    });
  const binaries: Record<string, string[]> = {};
  for (const [path, node] of nodes) {
    if (node.type !== 'file' || node.content.kind !== 'file' || (node.mode & 0o111) === 0) continue;
    const head = heads.get(node.content.path);
    if (head === undefined || !isElf(head)) continue;
    const name = elfArchitecture(head) ?? 'an unknown architecture';
    binaries[name] = [...(binaries[name] ?? []), path];
  }
  return {
    setuid: nodes.flatMap(([path, { type, mode }]) =>
      type === 'file' && (mode & 0o6000) !== 0 ? [{ path, mode }] : [],
    ),
    worldWritable: nodes.flatMap(([path, { type, mode }]): FileFacts['worldWritable'][number][] => {
      if ((mode & 0o002) === 0) return [];
      if (type === 'file') return [{ path, type }];
      return type === 'directory' && (mode & 0o1000) === 0 ? [{ path, type }] : [];
    }),
    shells: named(shells),
    packageManagers: named(managers),
    binaries,
  };
}

/** Whether a path is an executable file, or a link that leads to one. */
function isProgram(tree: ImageTree['tree'], path: string): boolean {
  const real = resolvePath(tree, path);
  const node = real === undefined ? undefined : tree.get(real);
  return node?.type === 'file' && (node.mode & 0o111) !== 0;
}

function isElf(head: Uint8Array): boolean {
  return Buffer.from(head.subarray(0, 4)).equals(Buffer.from([0x7f, 0x45, 0x4c, 0x46]));
}
