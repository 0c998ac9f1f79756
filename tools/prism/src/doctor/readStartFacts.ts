import { accessSync, constants, existsSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { isOnPath } from '@prism-build/builder';
import { readTextIfThere } from '@prism-build/shell';
import type { StartFacts } from './facts';

/** Where Podman looks for its helpers. */
const helpers = [
  '/usr/libexec/podman',
  '/usr/local/libexec/podman',
  '/usr/local/lib/podman',
  '/usr/lib/podman',
];
const networkPlugins = ['/usr/libexec/cni', '/usr/lib/cni', '/usr/local/lib/cni', '/opt/cni/bin'];

/** CAP_SYS_RESOURCE in the bits of /proc/self/status. */
const sysResource = 24n;

/** What decides whether Podman on this Linux, with these files of settings, can start pods and rootless containers. */
export function readStartFacts(configHome: string, settings: readonly (string | undefined)[]): StartFacts {
  const has = (directories: readonly string[], name: string) =>
    directories.some((directory) => existsSync(join(directory, name)));
  const limits = readTextIfThere('/proc/self/limits') ?? '';
  const status = readTextIfThere('/proc/self/status') ?? '';
  const hard = /^Max open files\s+\S+\s+(\d+)/m.exec(limits)?.[1];
  const capabilities = BigInt(`0x${/^CapEff:\s+([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`);
  const port = readTextIfThere('/proc/sys/net/ipv4/ip_unprivileged_port_start');
  const storage = join(configHome, 'containers', 'storage.conf');
  return {
    catatonit: has(helpers, 'catatonit') || isOnPath('catatonit'),
    names: { netavark: has(helpers, 'aardvark-dns'), cni: has(networkPlugins, 'dnsname') },
    tun: tryDevice('/dev/net/tun'),
    fuse: tryDevice('/dev/fuse'),
    // Version 2 beside version 1.
    hybridCgroups: existsSync('/sys/fs/cgroup/unified/cgroup.procs'),
    openFiles: hard === undefined ? undefined : Number(hard),
    mayRaiseLimits: ((capabilities >> sysResource) & 1n) === 1n,
    limitsSet: settings.some((path) => path && /^\s*default_ulimits\b/m.test(readTextIfThere(path) ?? '')),
    lowestPort: port === undefined ? undefined : Number(port),
    fuseOverlayfs: isOnPath('fuse-overlayfs'),
    kernelOverlay: mountsForUsers(release()),
    storage: { path: storage, there: existsSync(storage) },
    freeIds: findFreeIds(['/etc/subuid', '/etc/subgid'].map((path) => readTextIfThere(path) ?? '')),
  };
}

function mountsForUsers(kernel: string): boolean {
  const [major = 0, minor = 0] = kernel.split('.').map(Number);
  return major > 5 || (major === 5 && minor >= 13);
}

function tryDevice(path: string): StartFacts['tun'] {
  if (!existsSync(path)) return 'absent';
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return 'usable';
  } catch {
    return 'closed';
  }
}

/** The first ID above all ranges of subuid(5) files, from 100000 on, as useradd counts. */
export function findFreeIds(texts: readonly string[]): number {
  const ends = texts.flatMap((text) =>
    [...text.matchAll(/^[^:\n]+:(\d+):(\d+)\s*$/gm)].map(([, start, count]) => Number(start) + Number(count)),
  );
  return Math.max(100_000, ...ends);
}
