import { checkWrite } from '../../src/doctor';
import { lastWords, parseDocker, parsePodman } from '../../src/doctor/engine';
import { examine } from '../../src/doctor/examine';
import { examineRights } from '../../src/doctor/examineRights';
import { examineStarts } from '../../src/doctor/examineStarts';
import type { EngineFacts, Facts, StartFacts } from '../../src/doctor/facts';
import { formatFixes, listFixes } from '../../src/doctor/fixes';
import { findFreeIds } from '../../src/doctor/readStartFacts';
import { formatFindings } from '../../src/doctor/report';
import { formatSettings, listSettings, mark } from '../../src/doctor/settings';

const debian: Facts = {
  platform: 'linux',
  architecture: 'amd64',
  distribution: ['debian'],
  wsl: false,
  systemd: false,
  node: 'v20.19.0',
  engine: {
    name: 'podman',
    version: '4.3.1',
    rootless: false,
    storageDriver: 'overlay',
    storagePath: '/var/lib/containers/storage',
    cgroups: 'v1',
    cgroupManager: 'cgroupfs',
    runtime: 'runc',
    networkBackend: 'netavark',
  },
  machines: undefined,
  skopeo: '1.9.3',
  emulates: ['arm64'],
  freeWorkspace: 61.6e9,
  freeStorage: 1e9,
  toolchains: [
    { language: 'Go', wanted: '1.26.8', found: '1.26.8' },
    { language: 'Rust', wanted: '1.96.0', found: undefined },
  ],
  settings: undefined,
  dropIn: { path: '/home/u/.config/containers/containers.conf.d/50-prism-build.conf', text: undefined },
};
/** A machine on which everything starts. */
const starts: StartFacts = {
  catatonit: true,
  names: { netavark: true, cni: false },
  tun: 'usable',
  fuse: 'usable',
  hybridCgroups: false,
  openFiles: 1_048_576,
  mayRaiseLimits: true,
  limitsSet: false,
  lowestPort: 1024,
  fuseOverlayfs: false,
  kernelOverlay: false,
  freeIds: 231_072,
  storage: { path: '/home/u/.config/containers/storage.conf', there: false },
};
const fedora: Facts = {
  ...debian,
  distribution: ['fedora'],
  systemd: true,
  engine: {
    ...debian.engine!,
    version: '5.6.0',
    rootless: true,
    storageDriver: 'vfs',
    cgroups: 'v2',
    cgroupManager: 'systemd',
    runtime: 'crun',
  },
  skopeo: undefined,
  emulates: [],
  freeStorage: 9e9,
  toolchains: [{ language: 'Go', wanted: '1.26.8', found: 'go1.25.0 in /usr/bin' }],
};
const macos: Facts = {
  ...debian,
  platform: 'darwin',
  architecture: 'arm64',
  distribution: [],
  engine: { name: 'podman', version: '5.6.0', trouble: 'cannot connect' },
  machines: [],
  emulates: [],
};
const wsl: Facts = {
  ...debian,
  distribution: ['ubuntu', 'debian'],
  wsl: true,
  systemd: true,
  engine: undefined,
  freeStorage: undefined,
  skopeo: undefined,
  emulates: [],
};
const windows: Facts = { ...wsl, platform: 'win32', wsl: false, distribution: [] };

test.each([
  ['Debian, rootful', debian, []],
  ['Fedora, rootless', fedora, []],
  ['macOS without a machine', macos, ['engine']],
  [
    'macOS with a machine that does not run',
    { ...macos, machines: [{ name: 'm', running: false }] },
    ['engine'],
  ],
  ['WSL2 with nothing', wsl, ['engine']],
  ['Windows', windows, ['system']],
  [
    'an engine that does not answer',
    { ...debian, engine: { name: 'docker', version: '20.10.24', trouble: 'no daemon' } },
    ['engine'],
  ],
  [
    'an old engine, an old node',
    { ...debian, node: 'v18.20.0', engine: { ...debian.engine!, version: '3.4.4' } },
    ['node', 'engine'],
  ],
  ['a system that nobody knows', { ...wsl, wsl: false, distribution: ['nixos'] }, ['engine']],
] as [string, Facts, string[]][])('%s', (_what, facts, expected) => {
  const findings = examine(facts);
  expect(findings.filter(({ verdict }) => verdict === 'missing').map(({ what }) => what)).toEqual(expected);
  // Whatever is not good says what to do.
  expect(findings.filter(({ verdict, todo }) => verdict !== 'good' && todo === '')).toEqual([]);
  expect(formatFindings(findings, false)).toMatchSnapshot();
});

test('a machine that runs is as good as Linux', () => {
  const engine = { ...debian.engine!, rootless: true };
  const findings = examine({ ...macos, engine, machines: [{ name: 'm', running: true }] });
  expect(findings.filter(({ verdict }) => verdict === 'missing')).toEqual([]);
});

test('colour only where it is asked for', () => {
  expect(formatFindings(examine(debian), false)).not.toContain('\u001b');
  expect(formatFindings(examine(debian), true)).toContain('\u001b[32m✓\u001b[0m');
});

test('settings: what weakens isolation or cannot work here is a comment, and each says what it gives away', () => {
  const inForce = (facts: Facts) =>
    formatSettings(listSettings(facts))
      .split('\n')
      .filter((line) => /^[a-z_]+ = /.test(line));
  expect(inForce(debian)).toEqual([
    'log_driver = "k8s-file"',
    'pids_limit = 2048',
    'cgroup_manager = "cgroupfs"',
    'events_logger = "file"',
    'network_backend = "netavark"',
  ]);
  expect(inForce(fedora)).toEqual([
    'log_driver = "k8s-file"',
    'pids_limit = 2048',
    'events_logger = "file"',
    'runtime = "crun"',
    'network_backend = "netavark"',
  ]);
  const limitless = { ...debian, engine: { ...debian.engine!, rootless: true } };
  expect(inForce(limitless)).not.toContain('pids_limit = 2048');
  const keys = listSettings(debian).map(({ key }) => key);
  expect(keys).toEqual(
    expect.arrayContaining(['netns', 'userns', 'ipcns', 'utsns', 'cgroupns', 'cgroups', 'runtime']),
  );
  expect(listSettings(debian).filter(({ costs }) => costs === '')).toEqual([]);
  expect(formatSettings(listSettings(debian))).toMatchSnapshot();
});

test.each<[string, Partial<Facts>, boolean]>([
  ['where nothing is', {}, true],
  ['over a file of ours', { dropIn: { path: '/x', text: `${mark}old` } }, true],
  ['over a file of somebody', { dropIn: { path: '/x', text: '[containers]\n' } }, false],
  ['beside settings of the user', { settings: '/home/u/.config/containers/containers.conf' }, false],
  ['for docker', { engine: { name: 'docker', version: '20.10.24' } }, false],
])('settings are written %s: %#', (_what, more, expected) => {
  expect(checkWrite({ ...debian, ...more }).ok).toBe(expected);
});

test('what engines say of themselves', () => {
  const docker = {
    ServerVersion: '20.10.24',
    Driver: 'overlay2',
    DockerRootDir: '/d',
    CgroupVersion: '2',
    CgroupDriver: 'systemd',
    DefaultRuntime: 'runc',
    SecurityOptions: ['name=rootless'],
  };
  expect(parseDocker(JSON.stringify(docker))).toEqual({
    serverVersion: '20.10.24',
    rootless: true,
    storageDriver: 'overlay2',
    storagePath: '/d',
    cgroups: 'v2',
    cgroupManager: 'systemd',
    runtime: 'runc',
  });
  expect(parseDocker('{"ServerErrors":["Cannot connect"]}')).toEqual({ trouble: 'Cannot connect' });
  for (const text of ['', '{}', '[]', 'null'])
    expect(parsePodman(text).trouble).toBe('its info has another shape');
});

test.each([
  [undefined, 'neither podman nor docker'],
  ['auto', 'neither podman nor docker'],
  ['podman', 'no podman, which PRISM_ENGINE asks for'],
  ['docker', 'no docker, which PRISM_ENGINE asks for'],
  ['containerd', 'no containerd, which PRISM_ENGINE asks for'],
])('without an engine, PRISM_ENGINE=%s', (askedEngine, found) => {
  const engine = examine({ ...debian, engine: undefined, askedEngine }).find(({ what }) => what === 'engine');
  expect(engine).toMatchObject({ found, verdict: 'missing' });
  const unset = askedEngine === 'docker' || askedEngine === 'containerd';
  expect(/unset PRISM_ENGINE/.test(engine?.todo ?? '')).toBe(unset);
});

test.each([
  ['Cannot connect to the daemon.\n{"ID":"","Containers":0}', 'Cannot connect to the daemon.'],
  ['time=now level=warning\nError: no store\n', 'Error: no store'],
  ['', 'it says nothing'],
  [undefined, 'it says nothing'],
])('of %j an engine is heard to say %j', (text, words) => {
  expect(lastWords(text)).toBe(words);
});

const podman: EngineFacts = { ...debian.engine!, rootless: true };

test.each<[string, Partial<EngineFacts>, Partial<StartFacts>, string, string]>([
  ['no catatonit', {}, { catatonit: false }, 'pods', 'sudo apt-get install -y catatonit'],
  ['no names', {}, { names: { netavark: false, cni: true } }, 'names in networks', 'install -y aardvark-dns'],
  [
    'no names of CNI',
    { networkBackend: 'cni' },
    {},
    'names in networks',
    'install -y golang-github-containernetworking-plugin-dnsname',
  ],
  ['crun on hybrid cgroups', { runtime: 'crun' }, { hybridCgroups: true }, 'cgroups', 'runtime = "runc"'],
  ['no tun', {}, { tun: 'absent' }, 'network', 'sudo modprobe tun'],
  ['tun of root only', {}, { tun: 'closed' }, 'network', 'sudo chmod 666 /dev/net/tun'],
  [
    'a low limit of open files',
    { rootless: false },
    { openFiles: 4096, mayRaiseLimits: false },
    'limits',
    'default_ulimits = ["nofile=4096:4096"]',
  ],
])('what keeps containers from starting: %s', (_what, engine, facts, what, todo) => {
  const wrong = (more: Partial<EngineFacts>, these: StartFacts) =>
    examineStarts({ ...podman, ...more }, these, 'debian').filter(({ verdict }) => verdict !== 'good');
  expect(wrong({}, starts)).toEqual([]);
  expect(wrong(engine, { ...starts, ...facts })).toMatchObject([
    { what, todo: expect.stringContaining(todo) },
  ]);
});

test('what does not matter for a kind of Podman is no finding', () => {
  const found = (engine: EngineFacts, facts: Partial<StartFacts>) =>
    examineStarts(engine, { ...starts, ...facts }, 'debian').filter(({ verdict }) => verdict !== 'good');
  // Only rootless networks need it, and only rootful Podman raises limits.
  expect(found({ ...podman, rootless: false }, { tun: 'absent' })).toEqual([]);
  const low = { openFiles: 4096, mayRaiseLimits: false };
  expect(found(podman, low)).toEqual([]);
  expect(found({ ...podman, rootless: false }, { ...low, limitsSet: true })).toEqual([]);
  expect(found({ ...podman, runtime: 'runc' }, { hybridCgroups: true })).toEqual([]);
});

test.each<[string, Partial<EngineFacts>, Partial<StartFacts>, string, string]>([
  [
    'a kernel that mounts overlays for users needs no fuse-overlayfs',
    { storageDriver: 'vfs' },
    { kernelOverlay: true, fuseOverlayfs: true },
    'better storage driver: vfs copies every layer',
    'write driver = "overlay" below [storage] in /home/u/.config/containers/storage.conf # then podman system reset, which deletes all images and containers',
  ],
  [
    'fuse-overlayfs without its device',
    { storageDriver: 'vfs' },
    { fuseOverlayfs: true, fuse: 'closed' },
    'better storage driver: vfs copies every layer',
    'sudo chmod 666 /dev/fuse, then write driver = "overlay"',
  ],
  [
    'fuse-overlayfs in force without its device',
    { mountProgram: '/usr/bin/fuse-overlayfs' },
    { fuse: 'closed' },
    'missing storage driver: overlay by /usr/bin/fuse-overlayfs, and this user may not open /dev/fuse: no container starts',
    'sudo chmod 666 /dev/fuse',
  ],
  [
    'a user without IDs',
    { ids: 1 },
    {},
    'missing user ids: 1 of 65536 user IDs; images with files of other users cannot be loaded',
    'sudo usermod --add-subuids 231072-296607 --add-subgids 231072-296607 $USER && podman system migrate',
  ],
  [
    'version 1 of cgroups',
    { cgroups: 'v1', controllers: [] },
    {},
    'better cgroups: v1: no limits without root; stacks run without theirs',
    'boot with systemd.unified_cgroup_hierarchy=1',
  ],
  [
    'controllers that nobody delegated',
    { controllers: ['memory', 'pids'] },
    {},
    'better cgroups: v2, without cpu: stacks run without these limits',
    'Delegate=cpu memory pids',
  ],
])('what the rights of a user decide: %s', (_what, engine, facts, finding, todo) => {
  const user: EngineFacts = { ...podman, cgroups: 'v2', ids: 65_537, controllers: ['cpu', 'memory', 'pids'] };
  const wrong = (more: Partial<EngineFacts>, these: StartFacts) =>
    examineRights({ ...user, ...more }, these, 'debian').filter(({ verdict }) => verdict !== 'good');
  expect(wrong({}, starts)).toEqual([]);
  const found = wrong(engine, { ...starts, ...facts });
  expect(found.map(({ verdict, what, found: words }) => `${verdict} ${what}: ${words}`)).toEqual([finding]);
  expect(found[0]?.todo).toContain(todo);
  // None of it matters to root.
  const root = { ...engine, storageDriver: 'overlay', rootless: false };
  expect(wrong(root, { ...starts, ...facts })).toEqual([]);
});

test('the info of Podman says what a user may have', () => {
  const info = (host: object, store: object = {}) =>
    parsePodman(
      JSON.stringify({
        host: { security: { rootless: true }, ...host },
        store: { graphDriverName: 'overlay', graphRoot: '/s', ...store },
        version: { Version: '4.3.1' },
      }),
    );
  const one = [{ container_id: 0, host_id: 1001, size: 1 }];
  const many = [...one, { container_id: 1, host_id: 100_000, size: 65_536 }];
  expect(info({ idMappings: { uidmap: many, gidmap: one }, cgroupControllers: ['pids'] })).toMatchObject({
    ids: 1,
    controllers: ['pids'],
  });
  expect(info({ idMappings: { uidmap: many, gidmap: many } }).ids).toBe(65_537);
  expect(info({ idMappings: { uidmap: null, gidmap: null }, cgroupControllers: null }).ids).toBeUndefined();
  const graphOptions = { 'overlay.mount_program': { Executable: '/usr/bin/fuse-overlayfs' } };
  expect(info({}, { graphOptions }).mountProgram).toBe('/usr/bin/fuse-overlayfs');
  expect(info({}, { graphOptions: {} }).mountProgram).toBeUndefined();
});

test('IDs that nobody has begin above all ranges', () => {
  expect(findFreeIds(['', ''])).toBe(100_000);
  expect(findFreeIds(['a:100000:65536\nb:165536:65536\n', 'a:300000:10\n# no range\n'])).toBe(300_010);
});

test('where fuse-overlayfs is there, vfs needs settings and no package', () => {
  const engine = { ...podman, storageDriver: 'vfs' };
  const driver = (facts: StartFacts) =>
    examine({ ...debian, engine, starts: facts }).find(({ what }) => what === 'storage driver')?.todo;
  expect(driver(starts)).toContain('apt-get install -y fuse-overlayfs');
  expect(driver({ ...starts, fuseOverlayfs: true })).toBe(
    'write driver = "overlay" below [storage] and mount_program = "/usr/bin/fuse-overlayfs" below [storage.options.overlay] in /home/u/.config/containers/storage.conf # then podman system reset, which deletes all images and containers',
  );
});

test("Docker's server has a version of its own", () => {
  const engine = { name: 'docker', version: '28.2.2', serverVersion: '20.10.24' } as const;
  const found = examine({ ...debian, engine }).find(({ what }) => what === 'engine');
  expect(found).toMatchObject({ found: 'docker 28.2.2, server 20.10.24', verdict: 'good' });
});

const bare: Facts = { ...debian, engine: undefined, skopeo: undefined };

test.each<[string, Facts, boolean]>([
  ['Debian with everything', { ...debian, starts }, true],
  ['Debian with nothing', bare, true],
  ['Debian with nothing, as a user', bare, false],
  [
    'Debian without catatonit and names',
    { ...debian, starts: { ...starts, catatonit: false, names: { netavark: false, cni: false } } },
    false,
  ],
  [
    'Debian with an engine that does not answer',
    { ...debian, engine: { ...debian.engine!, trouble: 'no' } },
    true,
  ],
  ['Fedora', { ...fedora, engine: undefined }, false],
  ['WSL2 with nothing', wsl, false],
  ['macOS with nothing', { ...macos, engine: undefined, skopeo: undefined }, false],
  ['macOS without a machine', macos, false],
  ['macOS with a machine that does not run', { ...macos, machines: [{ name: 'm', running: false }] }, false],
  ['macOS with a machine that runs', { ...macos, machines: [{ name: 'm', running: true }] }, false],
  ['Windows', windows, false],
  ['a system that nobody knows', { ...wsl, wsl: false, distribution: ['nixos'] }, false],
])('--fix on %s', (_what, facts, root) => {
  expect(formatFixes(facts, listFixes(facts, examine(facts), root))).toMatchSnapshot();
});
