import { join, normalize } from 'node:path/posix';
import { failed, generateFailure, ok, type Result } from '@prism-build/errors';
import * as z from 'zod';
import { imageName } from '../../workspace/naming';
import { readNodeVersion } from './nodeVersion';
import { type Finder, findPorts, type Program, type Request } from './program';

const portPatterns = [
  /\blisten\(\s*(\d{2,5})\b/g,
  /\bPORT\s*(?:\|\||\?\?)\s*['"]?(\d{2,5})\b/g,
  /\bport\s*:\s*(\d{2,5})\b/g,
];
const defaultVersion = '22';

const manifestSchema = z.looseObject({
  main: z.string().optional(),
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
  const { scripts, dependencies, engines, packageManager } = manifest.value;
  const started = /^node\s+([^\s-]\S*)$/.exec(scripts.start ?? '')?.[1];
  const main = normalize(request.main ?? started ?? manifest.value.main ?? 'index.js');
  if (sources.read(join(directory, main)) === undefined)
    return failed(
      generateFailure('PROGRAM_NOT_SUPPORTED', {
        what: `${main}, which starts the program, is not among its sources`,
        why: scripts.start === undefined || started ? undefined : `it starts by \`${scripts.start}\``,
        remedy:
          'Name a script of the sources with --main. What a bundler or a TypeScript compiler writes has to be built in a stage with RUN: write that Containerfile by hand.',
        at,
      }),
    );
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
  const own = sources.read('containerfiles/node/Containerfile') !== undefined;
  const wanted = readNodeVersion(sources, directory, engines.node);
  if (!wanted.ok) return wanted;
  const version = wanted.value ?? defaultVersion;
  const registry = `docker.io/library/node:${version}-bookworm-slim`;
  const runtime = own ? imageName(prefix, 'base-node') : registry;
  const native = lock !== undefined && /"(hasInstallScript|cpu|os|libc)":/.test(lock);
  const needsLock = !own || names.length > 0;
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
            // Packages without native parts are the same for every platform: the one of the builder installs them.
            `FROM ${native ? '' : '--platform=$BUILDPLATFORM '}${registry} AS dependencies`,
            'WORKDIR /application',
            'COPY package.json package-lock.json ./',
            `RUN ["npm", "ci", "--omit=dev"${native ? '' : ', "--ignore-scripts"'}, "--no-audit", "--no-fund", "--cache=/tmp/npm"]`,
          ],
    final: [
      `FROM ${runtime}`,
      'ENV NODE_ENV=production',
      'WORKDIR /application',
      ...(names.length === 0 ? [] : ['COPY --from=dependencies /application/node_modules node_modules']),
      'COPY . .',
    ],
    entrypoint: [own ? '/usr/bin/node' : 'node', main.startsWith('.') ? main : `/application/${main}`],
    ports: findPorts(
      sources
        .list(directory)
        .filter((file) => /\.[cm]?[jt]s$/.test(file))
        .map((file) => sources.read(file) ?? ''),
      portPatterns,
    ),
    files: hasIgnore
      ? new Map()
      : new Map([[join(directory, '.containerignore'), `${ignored.join('\n')}\n`]]),
    notes: [
      ...(names.length > 0 && /^(?:pnpm|yarn|bun)@/.test(packageManager)
        ? [`package.json names ${packageManager}; the image gets what npm installs of package-lock.json.`]
        : []),
      ...(names.length === 0
        ? []
        : ['`npm ci` runs in Podman, with the network, at every change of the lock.']),
      ...(native
        ? ['Some packages have native parts: they are installed once a platform, the other one by QEMU.']
        : []),
    ],
    next: needsLock ? ['npx nx g prism:lock --project={project}'] : [],
  });
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
