import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Argv, type RunOptions, run, tryRun } from './run';

/** The workspace under test. PRISM_E2E_ROOT selects another than the one of these files. */
export const root = resolve(process.env.PRISM_E2E_ROOT ?? join(__dirname, '../../..'));

export interface Component {
  readonly project: string;
  readonly directory: string;
  readonly binary: string;
  /** Size of its own layers in bytes, uncompressed. */
  readonly budget: number;
  /** Tasks of the bases that it copies from. */
  readonly bases: readonly string[];
}

export const proxy: Component = {
  project: 'proxy',
  directory: 'proxy',
  binary: 'prism-proxy',
  budget: 6e6,
  bases: [],
};
export const memstore: Component = {
  project: 'plugin-memstore',
  directory: 'plugins/memstore',
  binary: 'plugin-memstore',
  budget: 10e6,
  bases: [],
};
export const postgres: Component = {
  project: 'plugin-postgres',
  directory: 'plugins/postgres',
  binary: 'plugin-postgres',
  // The database driver and gRPC reflection; plugins/postgres/README.md.
  budget: 10.5e6,
  bases: ['base-static:build-image'],
};
export const components = [proxy, memstore, postgres];
export const projectList = `--projects=${components.map(({ project }) => project).join(',')}`;

export const host = process.arch === 'x64' ? 'amd64' : process.arch;
export const platforms = ['amd64', 'arm64'];

/** The environment of every nx process that the tests start. */
export const nxEnvironment: NodeJS.ProcessEnv = {
  ...process.env,
  NX_DAEMON: 'false',
  NX_TUI: 'false',
  CI: 'true',
  FORCE_COLOR: '0',
};

type NxOptions = RunOptions & { readonly clone?: string };

function nxCall(args: readonly string[], options: NxOptions): [Argv, RunOptions] {
  const at = options.clone ?? root;
  return [
    ['node', join(at, 'node_modules/.bin/nx'), ...args, '--output-style=static'],
    { cwd: at, env: nxEnvironment, ...options },
  ];
}

/** Runs a command of nx that must succeed; returns its standard output. */
export function nx(args: readonly string[], options: NxOptions = {}) {
  return run(...nxCall(args, options));
}

/** Runs a command of nx that may fail. */
export function tryNx(args: readonly string[], options: NxOptions = {}) {
  return tryRun(...nxCall(args, options));
}

export interface PlatformDigest {
  readonly platform: { readonly architecture: string };
  readonly manifest: { readonly digest: string };
  readonly config: { readonly digest: string };
  readonly layers: readonly {
    readonly digest: string;
    readonly diffID: string;
    readonly uncompressedSize: number;
    readonly origin: string;
  }[];
  readonly user: string;
  readonly entrypoint: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

export interface DigestJson {
  readonly index: { readonly digest: string };
  readonly platforms: readonly PlatformDigest[];
}

export function readDigest(project: string, at = root): DigestJson {
  return JSON.parse(readFileSync(join(at, 'dist/images', project, 'digest.json'), 'utf8')) as DigestJson;
}

export function platformOf(project: string, architecture: string, at = root): PlatformDigest {
  return readDigest(project, at).platforms.find(({ platform }) => platform.architecture === architecture)!;
}

export function binaryOf({ project, binary }: Component, architecture: string, at = root): string {
  return join(at, 'dist/compile', project, `linux-${architecture}`, binary);
}
