import type { Finding } from '../assessment';

/** A file of the workspace that decides which packages come into an image. */
export interface LockFile {
  /** Relative to the workspace. */
  readonly file: string;
  readonly text: string;
  /** The Nx project that it belongs to. */
  readonly project: string;
}

/** The place that decides about a package. */
export interface Origin {
  readonly file: string;
  readonly line: number;
  readonly project: string;
}

/** The names of the files that `findOrigin` reads. */
export const lockFileNames: readonly string[] = [
  ...[
    'go.mod',
    'go.sum',
    'Cargo.lock',
    'package-lock.json',
    'pnpm-lock.yaml',
    'yarn.lock',
    'uv.lock',
    'poetry.lock',
  ],
  ...['requirements.lock', 'requirements.txt', 'rootfs.lock.json', 'images.lock.json'],
];

type Package = Pick<Finding, 'package' | 'installed' | 'kind'>;

/** For each kind of package: names of files, and what their line looks like. The first file that has it counts. */
const places: readonly {
  readonly kinds: RegExp;
  readonly files: RegExp;
  readonly lines: (one: Package) => readonly RegExp[];
}[] = [
  {
    kinds: /^(gobinary|gomod)$/,
    files: /^go\.mod$/,
    lines: ({ package: name, installed }) =>
      name === 'stdlib'
        ? [/^toolchain\s/m, /^go\s+\d/m]
        : [line(`\\s*(?:require\\s+)?${quote(name)}\\s+v?${quote(bare(installed))}`)],
  },
  {
    kinds: /^(gobinary|gomod)$/,
    files: /^go\.sum$/,
    lines: ({ package: name, installed }) => [line(`${quote(name)} v?${quote(bare(installed))}`)],
  },
  {
    kinds: /^(rustbinary|cargo)$/,
    files: /^Cargo\.lock$/,
    lines: ({ package: name, installed }) => [
      line(`name = "${quote(name)}"(?=\\r?\\nversion = "${quote(installed)}")`),
    ],
  },
  {
    kinds: /^(python-pkg|pip|poetry|uv)$/,
    files: /^(requirements\.(lock|txt)|uv\.lock|poetry\.lock)$/,
    lines: ({ package: name, installed }) => {
      const normal = name
        .split(/[-_.]+/)
        .map(quote)
        .join('[-_.]+');
      return [
        new RegExp(`^${normal}(?:\\[[^\\]]*\\])?==${quote(installed)}(?![\\w.])`, 'im'),
        new RegExp(`^name = "${normal}"(?=\\r?\\nversion = "${quote(installed)}")`, 'im'),
      ];
    },
  },
  {
    kinds: /^(node-pkg|npm|pnpm|yarn)$/,
    files: /^(package-lock\.json|pnpm-lock\.yaml|yarn\.lock)$/,
    lines: ({ package: name, installed }) => [
      line(`\\s*"(?:[^"]*/)?node_modules/${quote(name)}": \\{(?=\\s*"version": "${quote(installed)}")`),
      line(`\\s*['"]?/?${quote(name)}@${quote(installed)}['"(:]`),
      line(`"?${quote(name)}@[^\\n]*:(?=\\r?\\n\\s+version:? "?${quote(installed)}"?)`),
    ],
  },
  {
    kinds: /^(debian|ubuntu)$/,
    files: /^rootfs\.lock\.json$/,
    lines: ({ package: name, installed }) => [
      line(`.*"name":\\s*"${quote(name)}".*"version":\\s*"${quote(installed)}"`),
      line(`.*"name":\\s*"${quote(name)}"`),
    ],
  },
  {
    // The packages of an image from a registry are where its digest is.
    kinds: /^(debian|ubuntu|alpine|wolfi|redhat|rocky|alma|amazon|oracle|fedora|suse.*|photon)$/,
    files: /^images\.lock\.json$/,
    lines: () => [line('\\s*"digest": "sha256:')],
  },
];

/** Where a package of an image comes from. `files` are ordered: the project's own first. */
export function findOrigin(one: Package, files: readonly LockFile[]): Origin | undefined {
  for (const { kinds, files: names, lines } of places) {
    if (!kinds.test(one.kind)) continue;
    for (const pattern of lines(one)) {
      for (const { file, text, project } of files) {
        if (!names.test(file.slice(file.lastIndexOf('/') + 1))) continue;
        const found = pattern.exec(text);
        if (found) return { file, project, line: lineOf(text, found) };
      }
    }
  }
  return undefined;
}

function lineOf(text: string, { index, 0: matched }: RegExpExecArray): number {
  // A pattern may begin with the blank lines before.
  const start = index + (/^\s*/.exec(matched)?.[0].lastIndexOf('\n') ?? -1) + 1;
  return text.slice(0, start).split('\n').length;
}

function line(pattern: string): RegExp {
  return new RegExp(`^${pattern}`, 'm');
}

function bare(version: string): string {
  return version.replace(/^v/, '');
}

function quote(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
