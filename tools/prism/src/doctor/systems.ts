import type { Facts } from './facts';

export type System = 'debian' | 'fedora' | 'macos' | 'wsl' | 'windows' | 'linux';

export function systemOf({ platform, distribution, wsl }: Facts): System {
  if (platform === 'win32') return 'windows';
  if (platform === 'darwin') return 'macos';
  const is = (...names: string[]) => names.some((name) => distribution.includes(name));
  if (is('debian', 'ubuntu')) return wsl ? 'wsl' : 'debian';
  if (is('fedora', 'rhel', 'centos')) return 'fedora';
  return wsl ? 'wsl' : 'linux';
}

type Need =
  | 'podman'
  | 'skopeo'
  | 'emulation'
  | 'crun'
  | 'machine'
  | 'start'
  | 'overlay'
  | 'catatonit'
  | 'dnsname'
  | 'aardvark-dns';

/** Podman cannot convert existing storage, so a change of driver needs a reset. */
const reset = '# then podman system reset, which deletes all images and containers';

const apt: Partial<Record<Need, string>> = {
  podman: 'sudo apt-get update && sudo apt-get install -y podman catatonit uidmap slirp4netns fuse-overlayfs',
  skopeo: 'sudo apt-get install -y skopeo',
  emulation: 'sudo apt-get install -y qemu-user-static',
  crun: 'sudo apt-get install -y crun',
  catatonit: 'sudo apt-get install -y catatonit',
  dnsname: 'sudo apt-get install -y golang-github-containernetworking-plugin-dnsname',
  'aardvark-dns': 'sudo apt-get install -y aardvark-dns',
  overlay: `sudo apt-get install -y fuse-overlayfs ${reset}`,
};

/** The recommended podman machine for a Mac: rootless, half of a typical laptop. */
export const machineSettings = ['--cpus', '4', '--memory', '4096', '--disk-size', '50'] as const;
const machine = `podman machine init ${machineSettings.join(' ')}`;

const commands: Readonly<Record<System, Partial<Record<Need, string>>>> = {
  debian: apt,
  wsl: apt,
  fedora: {
    podman: 'sudo dnf install -y podman',
    skopeo: 'sudo dnf install -y skopeo',
    emulation: 'sudo dnf install -y qemu-user-static',
    crun: 'sudo dnf install -y crun',
    catatonit: 'sudo dnf install -y catatonit',
    'aardvark-dns': 'sudo dnf install -y aardvark-dns',
    overlay: `sudo dnf install -y fuse-overlayfs ${reset}`,
  },
  macos: {
    podman: `brew install podman && ${machine} && podman machine start`,
    skopeo: 'brew install skopeo',
    machine: `${machine} && podman machine start`,
    start: 'podman machine start',
  },
  windows: {},
  linux: {},
};

const names: Partial<Record<Need, string>> = { emulation: 'qemu-user-static', overlay: 'fuse-overlayfs' };

/** The settings with which Podman no longer copies layers: the kernel, or fuse-overlayfs, mounts them. */
export function useOverlay(path: string, by: 'kernel' | 'fuse-overlayfs'): string {
  const driver = 'driver = "overlay" below [storage]';
  const program =
    by === 'kernel' ? '' : ' and mount_program = "/usr/bin/fuse-overlayfs" below [storage.options.overlay]';
  return `write ${driver}${program} in ${path} ${reset}`;
}

/** The command that installs a missing item; a sentence if no command is known. */
export function commandFor(system: System, need: Need): string {
  return commands[system][need] ?? `install ${names[need] ?? need} with the package manager of this system`;
}
