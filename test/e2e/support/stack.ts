import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectory } from './directory';
import { hardened, type Podman } from './podman';

/** How to start a component as a container. */
export interface Container {
  readonly name: string;
  readonly image: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly options?: readonly string[];
  readonly args?: readonly string[];
}

/** Starts a component on the host's network, where every server has its own address. */
export function startContainer(
  podman: Podman,
  { name, image, env = {}, options = [], args = [] }: Container,
) {
  const settings = Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`]);
  const own = ['--detach', '--name', name, '--network', 'host', '--pull', 'never'];
  return podman.run('run', ...own, ...hardened, ...settings, ...options, image, ...args);
}

/** Writes the proxy's configuration; returns its path. */
export function proxyConfigFile(namespaces: Readonly<Record<string, string>>): string {
  const directory = makeDirectory('proxy');
  // The proxy runs as another user in its container.
  chmodSync(directory, 0o755);
  const file = join(directory, 'proxy.yaml');
  const entries = Object.entries(namespaces).map(
    ([name, endpoint]) => `  - name: ${name}\n    backend: ${name}\n    endpoint: ${endpoint}\n`,
  );
  writeFileSync(file, `namespaces:\n${entries.join('')}`);
  chmodSync(file, 0o644);
  return file;
}

/** The options that mount a configuration and pass its path. */
export function proxyConfig(namespaces: Readonly<Record<string, string>>): readonly string[] {
  const file = proxyConfigFile(namespaces);
  return ['--volume', `${file}:/etc/prism/proxy.yaml:ro`, '--env', 'PRISM_CONFIG=/etc/prism/proxy.yaml'];
}
