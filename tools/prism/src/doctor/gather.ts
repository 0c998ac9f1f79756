import { existsSync, readdirSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { checkCosign, findCosign } from '@prism-build/attestation';
import { engineEnvironment, isOnPath } from '@prism-build/builder';
import { hashFile } from '@prism-build/oci';
import { findScanner, pinned, pinnedGovulncheck } from '@prism-build/scan';
import { isExecutable, type Run, readTextIfThere } from '@prism-build/shell';
import type { Directories } from '@prism-build/workspace';
import { readEngine } from './engine';
import type { Facts, ScannerFacts } from './facts';
import { readStartFacts } from './readStartFacts';
import { readToolchains } from './toolchains';

type Env = Readonly<Record<string, string | undefined>>;

/** Collects facts about the machine. Never fails; unknown facts are undefined. */
export async function gatherFacts(directories: Directories, run: Run, env: Env): Promise<Facts> {
  const release = readTextIfThere('/etc/os-release') ?? '';
  const field = (name: string) =>
    new RegExp(`^${name}="?([^"\\n]*)`, 'm').exec(release)?.[1]?.toLowerCase() ?? '';
  const askedEngine = env.PRISM_ENGINE;
  const engine = await readEngine(run, askedEngine);
  const home = env.XDG_CONFIG_HOME || join(env.HOME ?? '/root', '.config');
  const dropIn = join(home, 'containers', 'containers.conf.d', '50-prism-build.conf');
  const engineSettings = env.CONTAINERS_CONF ? undefined : engineEnvironment(directories).CONTAINERS_CONF;
  const own = [env.CONTAINERS_CONF, join(home, 'containers', 'containers.conf')];
  return {
    platform: process.platform,
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    distribution: [field('ID'), ...field('ID_LIKE').split(' ')].filter(Boolean),
    wsl: /microsoft/i.test(readTextIfThere('/proc/sys/kernel/osrelease') ?? ''),
    systemd: existsSync('/run/systemd/system'),
    node: process.version,
    engine,
    askedEngine,
    machines:
      process.platform === 'darwin' && engine?.name === 'podman' ? await readMachines(run) : undefined,
    starts:
      process.platform === 'linux' && engine?.name === 'podman'
        ? readStartFacts(home, [dropIn, ...own, '/etc/containers/containers.conf', engineSettings])
        : undefined,
    skopeo: await firstMatch(run, ['skopeo', '--version'], /version (\S+)/),
    trivy: readScanner('trivy', pinned, directories, env),
    govulncheck: readScanner('govulncheck', pinnedGovulncheck, directories, env),
    cosign: await readCosign(directories, run, env),
    emulates: readEmulation(),
    freeWorkspace: freeBytes(directories.root),
    freeStorage: engine?.storagePath === undefined ? undefined : freeBytes(engine.storagePath),
    toolchains: readToolchains(directories),
    settings: own.find((path) => path && existsSync(path)),
    dropIn: { path: dropIn, text: readTextIfThere(dropIn) },
  };
}

async function firstMatch(
  run: Run,
  argv: [string, ...string[]],
  pattern: RegExp,
): Promise<string | undefined> {
  if (!isOnPath(argv[0])) return undefined;
  const done = await run({ argv, timeout: 20_000 });
  return done.ok ? pattern.exec(done.value.stdout)?.[1] : undefined;
}

function readScanner(
  name: 'trivy' | 'govulncheck',
  versions: Readonly<Record<string, string>>,
  { root, cache }: Directories,
  env: Env,
): ScannerFacts | undefined {
  try {
    const { digest } = hashFile(findScanner(name, root, cache, env));
    return { digest, version: versions[digest] };
  } catch {
    return undefined;
  }
}

async function readCosign({ root, cache }: Directories, run: Run, env: Env): Promise<Facts['cosign']> {
  const program = findCosign(root, cache, env);
  if (!isExecutable(program)) return undefined;
  const checked = await checkCosign(run, program);
  return checked.ok ? { usable: true, version: checked.value } : { usable: false, version: undefined };
}

async function readMachines(run: Run): Promise<Facts['machines']> {
  const listed = await run({ argv: ['podman', 'machine', 'list', '--format', 'json'], timeout: 20_000 });
  if (!listed.ok) return [];
  try {
    const machines = JSON.parse(listed.value.stdout || '[]') as { Name?: string; Running?: boolean }[];
    return machines.map(({ Name = '', Running = false }) => ({ name: Name, running: Running }));
  } catch {
    return [];
  }
}

/** Interpreters registered in the kernel's binfmt_misc, one file each. */
function readEmulation(): string[] {
  const directory = '/proc/sys/fs/binfmt_misc';
  const names = existsSync(directory) ? readdirSync(directory) : [];
  const known: Readonly<Record<string, string>> = { 'qemu-aarch64': 'arm64', 'qemu-x86_64': 'amd64' };
  return names.flatMap((name) => {
    const text = known[name] === undefined ? undefined : readTextIfThere(join(directory, name));
    return text?.startsWith('enabled') ? [known[name]!] : [];
  });
}

function freeBytes(path: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}
