import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installTrivy, unpackAdvisories } from '../support/trivy';
import { sharedCompilers } from './support/compilers';
import { nxEnvironment, root, tryNx } from './support/workspace';

/** Images that other tests build too, one for each kind of package; and one with a program that no list explains. */
const projects = [
  'proxy',
  'plugin-memstore',
  'admin',
  'base-debug',
  'example-node-service',
  'example-c-program',
];
const triples = { amd64: 'x86_64-unknown-linux-gnu', arm64: 'aarch64-unknown-linux-gnu' } as const;
let directory: string;
type Architecture = keyof typeof triples;
const architectures = Object.keys(triples) as Architecture[];

interface Component {
  readonly type: string;
  readonly name: string;
  readonly version?: string;
  readonly purl?: string;
}

/** `name version` of an inventory's packages of a kind, sorted. */
function inventoryOf(project: string, architecture: Architecture, kind: string): string[] {
  return componentsOf(project, architecture)
    .filter(({ purl }) => purl?.startsWith(`pkg:${kind}/`))
    .map(({ name, version }) => `${name} ${version}`)
    .sort();
}

function componentsOf(project: string, architecture: Architecture): Component[] {
  const file = join(root, 'dist/inventory', project, `linux-${architecture}.cdx.json`);
  return JSON.parse(readFileSync(file, 'utf8')).components;
}

beforeAll(async () => {
  const trivy = process.env.PRISM_TRIVY ?? installTrivy(sharedCompilers);
  directory = mkdtempSync(join(tmpdir(), 'prism-inventory-'));
  const env = { ...nxEnvironment, PRISM_TRIVY: trivy, PRISM_SCAN_DB: unpackAdvisories(directory) };
  for (const project of projects)
    rmSync(join(root, 'dist/inventory', project), { recursive: true, force: true });
  // The scan blocks, because the database is old; its inventories are written all the same.
  const { output } = await tryNx(['run-many', '-t', 'scan', '-p', projects.join()], {
    env,
    timeout: 1_200_000,
  });
  expect(output).toContain('the database is');
}, 1_500_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe.each(architectures)('for %s, an inventory has neither more nor less than', (architecture) => {
  const compiled = (project: string, file: string) =>
    join(root, 'dist/compile', project, `linux-${architecture}`, file);

  test('what cargo resolves for the target (Rust)', async () => {
    const argv = [
      'tree',
      '--offline',
      '--locked',
      '--package=prism-proxy',
      '--target',
      triples[architecture],
    ];
    const form = ['--edges=normal,no-proc-macro', '--prefix=none', '--format={p}'];
    const printed = execFileSync('/usr/bin/cargo', [...argv, ...form], {
      cwd: root,
      env: { ...process.env, CARGO_HOME: join(sharedCompilers, 'cargo') },
      encoding: 'utf8',
    });
    const packages = printed
      .split('\n')
      .flatMap((line) => /^(\S+) v(\S+)/.exec(line)?.slice(1).join(' ') ?? []);
    expect(packages.length).toBeGreaterThan(50);
    expect(inventoryOf('proxy', architecture, 'cargo')).toEqual([...new Set(packages)].sort());
  });

  test('the modules of the program by `go version -m` (Go)', () => {
    const printed = execFileSync('go', ['version', '-m', compiled('plugin-memstore', 'plugin-memstore')], {
      encoding: 'utf8',
    });
    const modules = [...printed.matchAll(/^\tdep\t(\S+)\t(v\S+)/gm)].map(
      ([, path, version]) => `${path} ${version}`,
    );
    const [, toolchain] = /: go(\S+)\n/.exec(printed)!;
    const own = /^v0\.0\.0(-00010101000000-000000000000)?$|^\(devel\)$/;
    const released = modules.filter((one) => !own.test(one.split(' ')[1]!));
    expect(released.length).toBeGreaterThan(3);
    const found = inventoryOf('plugin-memstore', architecture, 'golang');
    expect(found).toContain(`stdlib v${toolchain}`);
    expect(found.filter((one) => !one.startsWith('stdlib '))).toEqual(
      expect.arrayContaining(released.sort()),
    );
    // Beyond the modules: the standard library and the program's own module.
    const others = found.filter((one) => !released.includes(one));
    expect(others.filter((one) => !/^stdlib |prism/.test(one))).toEqual([]);
  });

  test('the wheels’ METADATA (Python)', () => {
    const directory = compiled('admin', 'dependencies');
    const wheels = readdirSync(directory).filter((name) => name.endsWith('.dist-info'));
    const field = (text: string, name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(text)![1]!.trim();
    const packages = wheels.map((name) => {
      const text = readFileSync(join(directory, name, 'METADATA'), 'utf8');
      return `${field(text, 'Name')} ${field(text, 'Version')}`;
    });
    expect(packages.length).toBeGreaterThan(3);
    expect(inventoryOf('admin', architecture, 'pypi')).toEqual(packages.sort());
  });

  test('the lock of the base (Debian)', () => {
    const lock = JSON.parse(readFileSync(join(root, 'containerfiles/debug/rootfs.lock.json'), 'utf8'));
    const locked = (lock.architectures[architecture].packages as { name: string }[]).map(({ name }) => name);
    const found = inventoryOf('base-debug', architecture, 'deb').map((one) => one.split(' ')[0]!);
    expect(found).toEqual([...new Set(locked)].sort());
  });

  test('package-lock.json (npm)', () => {
    const lock = JSON.parse(readFileSync(join(root, 'examples/node-service/package-lock.json'), 'utf8'));
    const entries = Object.entries(lock.packages as Record<string, { version: string; dev?: boolean }>);
    const locked = entries
      .filter(([path, { dev }]) => path !== '' && !dev)
      .map(([path, { version }]) => `${path.replace(/^.*node_modules\//, '')} ${version}`);
    const found = inventoryOf('example-node-service', architecture, 'npm');
    expect(found).toEqual(expect.arrayContaining([...new Set(locked)].sort()));
    expect(found.filter((one) => !locked.includes(one) && !one.startsWith(`${lock.name} `))).toEqual([]);
  });

  test('programs: those that no package explains are named', () => {
    const unlisted = projects.map((project) => [
      project,
      componentsOf(project, architecture)
        .filter(({ type }) => type === 'file')
        .map(({ name }) => name),
    ]);
    expect(Object.fromEntries(unlisted)).toEqual({
      ...Object.fromEntries(projects.map((project) => [project, []])),
      'example-c-program': ['hello'],
    });
  });
});
