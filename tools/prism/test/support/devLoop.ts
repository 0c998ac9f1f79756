import { readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { engineSettings } from '../../../../test/support/engineSettings';
import { goSettings } from '../../../../test/support/goSettings';
import { makeWorkspace, type Running, until, type Workspace } from '../../../../test/support/workspace';
import { podman } from './podman';

/** A workspace whose images and containers have a prefix of their own, and the `nx dev` that runs in it. */
export interface DevLoop {
  readonly prefix: string;
  readonly workspace: Workspace;
  readonly podman: (...args: string[]) => string;
  readonly containers: () => string;
  readonly pod: () => string;
  /** Starts `nx dev`, and waits until it says what matches. */
  readonly start: (project: string, ready: RegExp, ...options: string[]) => Promise<void>;
  readonly running: () => Running;
  readonly output: () => string;
  /** As editors do: a new file takes the place of the old one. */
  readonly edit: (name: string, text: string) => void;
  readonly get: (port: number, path: string) => Promise<string>;
  readonly answers: (port: number, path: string, text: string) => Promise<void>;
  /** What a component has below .prism/dev. */
  readonly sessions: (project: string) => string[];
  readonly remove: () => void;
}

export const host = `linux/${process.arch === 'x64' ? 'amd64' : process.arch}`;

export function openDevLoop(prefix: string): DevLoop {
  const workspace = makeWorkspace();
  const options = { plugins: [{ plugin: 'prism', options: { prefix } }], analytics: false };
  workspace.write('nx.json', JSON.stringify(options));
  let running: Running | undefined;
  let output = '';
  const containers = () => podman('ps', '--all', '--format', '{{.Names}}', '--filter', `name=^${prefix}-`);
  const pod = () => podman('pod', 'ls', '--quiet', '--filter', `name=^${prefix}$`);
  const get = async (port: number, path: string) => {
    try {
      return await (await fetch(`http://127.0.0.1:${port}${path}`)).text();
    } catch {
      return '';
    }
  };
  return {
    prefix,
    workspace,
    podman,
    containers,
    pod,
    start: async (project, ready, ...args) => {
      const started = workspace.start(['dev', project, '--output-style=stream', ...args], {
        ...engineSettings,
        PRISM_CACHE_DIR: process.env.PRISM_CACHE_DIR ?? join(goSettings.GOCACHE!, '..'),
      });
      output = '';
      running = started;
      for (const stream of [started.child.stdout!, started.child.stderr!])
        stream.on('data', (chunk) => (output += String(chunk)));
      await until('it is ready', () => ready.test(output) || started.child.exitCode !== null, 120_000);
      if (started.child.exitCode !== null) throw new Error(`nx dev ended:\n${output}`);
    },
    running: () => running!,
    output: () => output,
    edit: (name, text) => {
      writeFileSync(workspace.path(`${name}.swp`), text);
      renameSync(workspace.path(`${name}.swp`), workspace.path(name));
    },
    get,
    answers: async (port, path, text) => {
      let seen = '';
      const end = Date.now() + 60_000;
      while (seen !== text && Date.now() < end) {
        seen = await get(port, path);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      expect(seen).toBe(text);
    },
    sessions: (project) => readdirSync(workspace.path(`.prism/dev/${project}`)),
    remove: () => {
      running?.killAll('SIGKILL');
      if (containers() !== '') podman('rm', '--force', '--time=0', ...containers().split('\n'));
      if (pod() !== '') podman('pod', 'rm', '--force', '--time=0', prefix);
      const left = podman('images', '--quiet', '--filter', `reference=localhost/${prefix}/*`);
      if (left !== '') podman('rmi', '--force', ...new Set(left.split('\n')));
      workspace.remove();
    },
  };
}
