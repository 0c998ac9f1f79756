import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { goSettings } from '../../../../test/support/goSettings';
import { repository } from '../../../../test/support/plugin';
import { makeWorkspace, until, type Workspace } from '../../../../test/support/workspace';
import { podman } from '../support/podman';

/** Compilers' caches are those of the repository. */
export const cache = process.env.PRISM_CACHE_DIR ?? join(repository, '.prism/cache');
export const host = process.arch === 'x64' ? 'amd64' : process.arch;
/** The option for what one platform is enough for. */
export const ownPlatform = `--platforms=linux/${host}`;

export interface Generated {
  readonly workspace: Workspace;
  /** Of the images; this run's own. */
  readonly prefix: string;
  /** Copies directories or files of the repository to their places. */
  readonly copy: (...paths: string[]) => void;
  readonly nx: (...args: string[]) => Promise<string>;
  /** What a generator printed, also where it refused. */
  readonly generate: (...args: string[]) => Promise<string>;
  /** The compiled program, as a process of its own, serves until SIGTERM and ends well. */
  readonly serves: (project: string, env?: NodeJS.ProcessEnv) => Promise<void>;
  /** The compiled plugin, in whatever language, keeps what every plugin promises by gRPC and HTTP. */
  readonly conforms: (project: string) => void;
  /** Starts a loaded image as strictly as one can, and names the container. */
  readonly start: (project: string, ...more: string[]) => string;
  readonly remove: () => void;
}

/** A workspace for what generators write, which is built, tested and run there. */
export function openGenerated(): Generated {
  const prefix = `generated-${process.pid}`;
  const started: ChildProcess[] = [];
  const containers: string[] = [];
  const workspace = makeWorkspace();
  workspace.write(
    'nx.json',
    JSON.stringify({ analytics: false, plugins: [{ plugin: 'prism', options: { prefix } }] }),
  );
  return {
    workspace,
    prefix,
    copy: (...paths) => {
      for (const path of paths) fs.cpSync(join(repository, path), workspace.path(path), { recursive: true });
    },
    nx: async (...args) => {
      const env = { PRISM_CACHE_DIR: cache };
      const { status, output } = await workspace.nx([...args, '--output-style=static'], env);
      if (status !== 0) throw new Error(`nx ${args.join(' ')}\n${output}`);
      return output;
    },
    generate: async (...args) => (await workspace.nx(['g', ...args])).output,
    serves: async (project, env = {}) => {
      const program = workspace.path(`dist/compile/${project}/linux-${host}/${project}`);
      const listen = `127.0.0.1:${await freePort()}`;
      const settings = { ...env, PRISM_LISTEN: listen, PRISM_HEALTH_INTERVAL: '50ms' };
      const child = spawn(program, { env: settings, stdio: 'inherit' });
      started.push(child);
      await until(`${project} is healthy`, () => {
        try {
          execFileSync(program, ['health'], { env: settings, stdio: 'pipe' });
          return true;
        } catch {
          return false;
        }
      });
      const ended = new Promise((resolve) => child.on('exit', resolve));
      child.kill('SIGTERM');
      expect(await ended).toBe(0);
    },
    conforms: (project) => {
      const compiled = workspace.path(`dist/compile/${project}/linux-${host}`);
      const [application, dependencies] = ['application', 'dependencies'].map((name) => join(compiled, name));
      const python = `/usr/bin/python3.11 -m ${project.replaceAll('-', '_')}`;
      const command = fs.existsSync(application!) ? python : join(compiled, project);
      fs.mkdirSync(workspace.path('tmp'), { recursive: true });
      const settings = {
        PYTHONPATH: `${application}:${dependencies}`,
        PRISM_SQLITE_PATH: workspace.path(`tmp/${project}.db`),
        PRISM_LOG_PATH: workspace.path(`tmp/${project}.log`),
      };
      const { status, stdout, stderr } = spawnSync(
        join(repository, 'libs/plugin-sdk/conform'),
        [command, '-vet=off'],
        { encoding: 'utf8', env: { ...process.env, ...goSettings, ...settings } },
      );
      if (status !== 0) throw new Error(`${project} does not conform\n${stdout}${stderr}`);
    },
    start: (project, ...more) => {
      const name = `${prefix}-${project}`;
      containers.push(name);
      const strictly = ['--detach', '--read-only', '--cap-drop=all', `--name=${name}`];
      podman('run', ...strictly, ...more, `localhost/${prefix}/${project}`);
      return name;
    },
    remove: () => {
      for (const child of started) child.kill('SIGKILL');
      for (const name of containers) succeeds('rm', '--force', '--volumes', '--time=0', name);
      // Under every tag; the prefix is this run's own.
      const filter = `--filter=reference=localhost/${prefix}/*`;
      const images = podman('images', '--format={{.Repository}}:{{.Tag}}', filter);
      for (const image of images.split('\n').filter(Boolean)) succeeds('rmi', image);
      workspace.remove();
    },
  };
}

export function succeeds(...argv: string[]): boolean {
  try {
    podman(...argv);
    return true;
  } catch {
    return false;
  }
}

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
