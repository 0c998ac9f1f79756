import { join } from 'node:path/posix';
import { failed, generateFailure, ok, type Result } from '@prism-build/errors';
import { imageName } from '@prism-build/workspace';
import * as z from 'zod';

import { bringBases, noteBases } from './bases';
import { findNodeMain } from './nodeMain';
import { type NodeVersion, readNodeVersion } from './nodeVersion';
import { findPorts, type Listening } from './ports';
import type { Finder, Program, Request } from './program';
import { findReads, noteAbsent } from './reads';

/** Calls that read a path. */
const reading =
  /\b(?:readFile(?:Sync)?|createReadStream|readdir(?:Sync)?|existsSync|express\.static|serveStatic|sendFile)\(/g;
export const listening: Listening = {
  calls: [
    { pattern: /\blisten\((?!\s*\{)/g, part: /^([^,]*)/, numbers: true },
    { pattern: /\blisten\((?=\s*\{)/g, part: /\b(port\b[^,}]*)/, numbers: true },
    { pattern: /\bserve\(/g, part: /\bport\s*:\s*([^\n,}]+)/, numbers: true },
  ],
  always: [/\b(?:(?:HTTP|LISTEN|SERVER)_)?PORT['"\]]*\s*(?:\|\||\?\?)\s*['"]?(\d{2,5})\b/g],
};
const defaultVersion = '22';
/** The Node version of containerfiles/node-runtime. */
const debianVersion = 18;

const manifestSchema = z.looseObject({
  main: z.string().optional(),
  bin: z.union([z.string(), z.record(z.string(), z.string())]).optional(),
  scripts: z.record(z.string(), z.string()).default({}),
  dependencies: z.record(z.string(), z.string()).default({}),
  packageManager: z.string().default(''),
  engines: z.looseObject({ node: z.string().optional() }).default({}),
});

/** A program for Node: package.json with a start script of the form `node <file>`, or with `main`. */
export const findNode: Finder = (request) => {
  const text = request.sources.read(join(request.directory, 'package.json'));
  return text === undefined ? undefined : describeNode(request, text);
};

function describeNode(request: Request, text: string): Result<Program> {
  const { sources, directory, prefix } = request;
  const at = { file: join(directory, 'package.json') };
  const manifest = readManifest(text, at.file);
  if (!manifest.ok) return manifest;
  const { dependencies, engines, packageManager } = manifest.value;
  const start = findNodeMain(
    sources,
    directory,
    { main: undefined, bin: undefined, ...manifest.value },
    request.main,
  );
  if (!start.ok) return start;
  const { environment, options, file: main, args } = start.value;
  const names = Object.keys(dependencies);
  const lock = sources.read(join(directory, 'package-lock.json'));
  if (names.length > 0 && lock === undefined)
    return failed(
      generateFailure('PROGRAM_NOT_SUPPORTED', {
        what: `${directory} needs ${names.length} packages, and has no package-lock.json`,
        why: 'a lock of npm beside package.json is what `npm ci` installs in the image; locks of a whole workspace, of pnpm and of yarn are not read',
        remedy: 'Make one: `npm install --package-lock-only --workspaces=false` in that directory.',
        at,
      }),
    );
  const made = sources.read('containerfiles/node/Containerfile') !== undefined;
  const wanted = readNodeVersion(sources, directory, engines.node);
  if (!wanted.ok) return wanted;
  // Debian has one version of Node; others come from a registry.
  const ofPackages = !made && isDebians(wanted.value);
  const own = made || ofPackages;
  const registry = `docker.io/library/node:${wanted.value?.version ?? defaultVersion}-bookworm-slim`;
  const runtime = made
    ? imageName(prefix, 'base-node')
    : ofPackages
      ? imageName(prefix, 'base-node-runtime')
      : registry;
  const builder = ofPackages ? imageName(prefix, 'base-node-builder') : registry;
  const bases = bringBases(
    sources,
    prefix,
    ofPackages ? ['node-runtime', ...(names.length > 0 ? (['node-builder'] as const) : [])] : [],
  );
  const native = lock !== undefined && /"(hasInstallScript|cpu|os|libc)":/.test(lock);
  const needsLock = [runtime, ...(names.length > 0 ? [builder] : [])].includes(registry);
  const ignored = [
    'Containerfile',
    'node_modules',
    '**/*.test.*',
    '**/*.spec.*',
    'test',
    'tests',
    '*.md',
    '.env*',
  ];
  const texts = sources
    .list(directory)
    .filter((file) => /\.[cm]?[jt]sx?$/.test(file) && !/\.(?:test|spec)\./.test(file))
    .map((file) => sources.read(file) ?? '');
  const reads = findReads(sources, texts, reading, [directory, '.']);
  const outside = [...reads.found].filter(
    ([, place]) => !place.startsWith(`${directory}/`) && directory !== '.',
  );
  // Files that the program reads are kept, even if their names look like tests or notes.
  const kept = [...reads.found.keys()]
    .filter((path) => /\.md$|^tests?(?:\/|$)/.test(path))
    .map((path) => `!${path}`);
  const hasIgnore = ['.containerignore', '.dockerignore'].some(
    (name) => sources.read(join(directory, name)) !== undefined,
  );
  return ok({
    language: 'Node',
    context: directory,
    stages:
      names.length === 0
        ? []
        : [
            // Packages without native parts are the same for every platform, so the builder's platform installs them.
            `FROM ${native ? '' : '--platform=$BUILDPLATFORM '}${builder} AS dependencies`,
            'WORKDIR /application',
            'COPY package.json package-lock.json ./',
            `RUN ["npm", "ci", "--omit=dev"${native ? '' : ', "--ignore-scripts"'}, "--no-audit", "--no-fund", "--cache=/tmp/npm"]`,
          ],
    final: [
      `FROM ${runtime}`,
      `ENV ${[...new Map(['NODE_ENV=production', ...environment].map((one) => [one.split('=')[0], one])).values()].map(quoteEnv).join(' ')}`,
      'WORKDIR /application',
      ...(names.length === 0 ? [] : ['COPY --from=dependencies /application/node_modules node_modules']),
      'COPY . .',
    ],
    entrypoint: [
      own ? '/usr/bin/node' : 'node',
      ...options,
      main.startsWith('.') ? main : `/application/${main}`,
      ...args,
    ],
    ports: findPorts(texts, listening),
    files: hasIgnore
      ? bases
      : new Map([...bases, [join(directory, '.containerignore'), `${[...ignored, ...kept].join('\n')}\n`]]),
    notes: [
      ...noteBases(bases),
      ...noteAbsent([...reads.absent, ...outside.map(([named]) => named)]),
      ...(names.length > 0 && /^(?:pnpm|yarn|bun)@/.test(packageManager)
        ? [`package.json names ${packageManager}; the image gets what npm installs from package-lock.json.`]
        : []),
      ...(names.length === 0
        ? []
        : ['`npm ci` runs in Podman, with the network, at every change of the lock.']),
      ...(native
        ? ['Some packages have native parts: they are installed once a platform, the other one by QEMU.']
        : []),
    ],
    next: needsLock ? ['npx nx g prism:lock'] : [],
  });
}

/** Whether a program accepts Debian's version of Node. */
function isDebians(wanted: NodeVersion | undefined): boolean {
  if (!wanted) return true;
  const major = Number.parseInt(wanted.version, 10);
  return wanted.atLeast ? major <= debianVersion : wanted.version === String(debianVersion);
}

function readManifest(text: string, file: string): Result<z.infer<typeof manifestSchema>> {
  const unreadable = (why: string) =>
    failed(
      generateFailure('SETTINGS_UNREADABLE', { what: 'this manifest cannot be read', why, at: { file } }),
    );
  try {
    const parsed = manifestSchema.safeParse(JSON.parse(text));
    if (parsed.success) return ok(parsed.data);
    return unreadable(
      parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
    );
  } catch (error) {
    return unreadable(error instanceof Error ? error.message : String(error));
  }
}

/** A pair of ENV, quoted if needed. */
function quoteEnv(pair: string): string {
  const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
  return `${name}=${/^[\w./:@%+-]*$/.test(value) ? value : JSON.stringify(value)}`;
}
