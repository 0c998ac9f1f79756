import type { Facts } from './facts';
import type { Finding } from './finding';
import { machineSettings, systemOf } from './systems';

/** A command that mends what the doctor found. */
export type Fix = readonly [string, ...string[]];

/** Packages of each system that mend a finding, by its `what`. No package changes how what is there works. */
const packages: Readonly<Record<'debian' | 'fedora', Readonly<Record<string, readonly string[]>>>> = {
  debian: {
    engine: ['podman', 'catatonit', 'uidmap', 'slirp4netns', 'fuse-overlayfs'],
    skopeo: ['skopeo'],
    pods: ['catatonit'],
  },
  fedora: { engine: ['podman'], skopeo: ['skopeo'], pods: ['catatonit'] },
};

/** The helper that resolves names of containers, as a package of Debian, by network backend. */
const names: Readonly<Record<string, string>> = {
  cni: 'golang-github-containernetworking-plugin-dnsname',
  netavark: 'aardvark-dns',
};

/**
 * The commands of `doctor --fix`, in order: packages that are missing, and a machine of Podman where there is none. Nothing
 * that exists is changed: no settings, no machine, no storage. Pure.
 */
export function listFixes(facts: Facts, findings: readonly Finding[], root: boolean): Fix[] {
  const system = systemOf(facts);
  const wrong = new Set(findings.filter(({ verdict }) => verdict !== 'good').map(({ what }) => what));
  if (system === 'windows') return [['wsl', '--install', '-d', 'Debian']];
  if (system === 'macos') return fixMac(facts, wrong);
  const known = system === 'wsl' ? 'debian' : system;
  if (known === 'linux') return [];
  // An engine that is there and does not work is not mended by a package.
  const needed = [...wrong].filter((what) => what !== 'engine' || facts.engine === undefined);
  const helper = wrong.has('names in networks') ? names[facts.engine?.networkBackend ?? ''] : undefined;
  const wanted = [...needed.flatMap((what) => packages[known][what] ?? []), ...(helper ? [helper] : [])];
  if (wanted.length === 0) return [];
  const asRoot = (...argv: Fix): Fix => (root ? argv : ['sudo', ...argv]);
  const all = [...new Set(wanted)];
  return known === 'fedora'
    ? [asRoot('dnf', 'install', '-y', ...all)]
    : [asRoot('apt-get', 'update'), asRoot('apt-get', 'install', '-y', ...all)];
}

function fixMac({ engine, machines }: Facts, wrong: ReadonlySet<string>): Fix[] {
  const brew = [...(engine ? [] : ['podman']), ...(wrong.has('skopeo') ? ['skopeo'] : [])];
  const install: Fix[] = brew.length > 0 ? [['brew', 'install', ...brew]] : [];
  if (engine && (engine.name !== 'podman' || machines?.some(({ running }) => running))) return install;
  const init: Fix = ['podman', 'machine', 'init', ...machineSettings];
  const start: Fix = ['podman', 'machine', 'start'];
  // A machine that is there keeps its settings.
  return [...install, ...(machines && machines.length > 0 ? [] : [init]), start];
}

/** What `--fix` will run, to be shown first. */
export function formatFixes(facts: Facts, fixes: readonly Fix[]): string {
  if (fixes.length === 0)
    return 'nothing that --fix can mend: what is not good above needs a decision of yours\n';
  const note =
    systemOf(facts) === 'debian'
      ? ''
      : '  (untried by the authors of Prism Build, who have no such machine)\n';
  return `--fix runs:\n${note}${fixes.map((argv) => `  ${argv.join(' ')}\n`).join('')}`;
}
