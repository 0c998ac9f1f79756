import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeWith, podman as needsPodman } from '../support/needs';
import { makeDirectory, removeDirectory } from './support/directory';
import { hardened, Podman } from './support/podman';
import { run } from './support/run';
import { until } from './support/until';
import { host, nx, readDigest, root } from './support/workspace';

const bases = ['static', 'debug', 'python-runtime', 'python-native', 'python-sqlite', 'postgres', 'regular'];
const projects = bases.map((name) => `base-${name}`);
const image = (base: string) => `localhost/prism/base-${base}`;
const budgets: Record<string, number> = {
  'base-static': 2e6,
  'base-debug': 4e6,
  'base-python-runtime': 40e6,
  'base-python-native': 42e6,
  'base-python-sqlite': 44e6,
  'base-postgres': 100e6,
};

const python = `
import asyncio, bz2, ctypes, glob, hashlib, json, locale, lzma, os, ssl, sys, uuid, zoneinfo
sums = [line.split("  ", 1) for f in glob.glob("/var/lib/dpkg/status.d/*.md5sums") for line in open(f).read().splitlines()]
wrong = [path for sum, path in sums if hashlib.md5(open("/" + path, "rb").read()).hexdigest() != sum]
fields = [dict(line.split(": ", 1) for line in open(f).read().splitlines() if not line.startswith(" ") and ": " in line)
  for f in glob.glob("/var/lib/dpkg/status.d/*") if not f.endswith(".md5sums")]
print(json.dumps({
  "version": sys.version_info[:2], "uid": os.getuid(), "locale": locale.setlocale(locale.LC_ALL, ""),
  "authorities": ssl.create_default_context().cert_store_stats()["x509_ca"] > 100,
  "zone": str(zoneinfo.ZoneInfo("Europe/Paris")), "sums": len(sums) > 500, "wrong": wrong,
  "named": all(f.keys() >= {"Package", "Version", "Architecture", "Maintainer", "Description"} for f in fields),
  "packages": sorted(f["Package"] for f in fields),
}))`;

function lockedPackages(base: string): { name: string }[] {
  const lock = JSON.parse(readFileSync(join(root, 'containerfiles', base, 'rootfs.lock.json'), 'utf8'));
  return lock.architectures[host].packages;
}

describeWith([needsPodman], 'bases of packages', () => {
  let podman: Podman;
  beforeAll(async () => {
    podman = new Podman();
    await nx(['run-many', '-t', 'load-image', '-p', projects.join()], { env: podman.env, timeout: 600_000 });
  }, 600_000);
  afterAll(() => podman.close());
  const container = (base: string, ...args: string[]) =>
    podman.run('run', '--rm', '--network', 'none', ...hardened, image(base), ...args);

  test.each(Object.entries(budgets))('%s is at most %d bytes for every platform', (project, budget) => {
    const sizes = readDigest(project).platforms.map(({ layers }) =>
      layers.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0),
    );
    expect(sizes).toHaveLength(2);
    expect(Math.max(...sizes)).toBeLessThan(budget);
  });

  test('python runs as nobody in particular, and finds packages, sums, certificates, zones and locale', async () => {
    expect(JSON.parse(await container('python-runtime', '-c', python))).toEqual({
      version: [3, 11],
      uid: 65532,
      locale: 'C.UTF-8',
      authorities: true,
      zone: 'Europe/Paris',
      sums: true,
      wrong: [],
      named: true,
      packages: lockedPackages('python-runtime')
        .map(({ name }) => name)
        .sort(),
    });
    const shell = await podman.try(
      'run',
      '--rm',
      '--entrypoint',
      '/bin/sh',
      image('python-runtime'),
      '-c',
      'id',
    );
    expect(shell.code).not.toBe(0);
  });

  test('sqlite3 finds its library in python-sqlite', async () => {
    const query = 'import sqlite3; print(*sqlite3.connect(":memory:").execute("SELECT 40 + 2").fetchone())';
    expect(await container('python-sqlite', '-c', query)).toBe('42');
  });

  test('debug has a shell and what one looks around with', async () => {
    expect(
      await container('debug', 'sh', '-c', 'id -un; ls /bin/wget; cat /etc/os-release | grep ^ID='),
    ).toBe('nonroot\n/bin/wget\nID=debian');
  });

  test('regular has shell, dpkg and apt, and their database is whole', async () => {
    const script =
      'dpkg --audit && apt-get check >/dev/null && dpkg-query -W | wc -l && su nobody -s /bin/sh -c id';
    const lines = (
      await podman.run('run', '--rm', '--network', 'none', image('regular'), 'bash', '-c', script)
    ).split('\n');
    expect(Number(lines[0])).toBe(lockedPackages('regular').length);
    expect(lines[1]).toMatch(/^uid=65534\(nobody\)/);
  });

  test('postgres makes its database once, asks for the password, and keeps what it was told', async () => {
    const env = ['--env', 'POSTGRES_PASSWORD=secret word', '--env', 'POSTGRES_DB=app'];
    const options = ['--network', 'none', ...hardened, '--tmpfs', '/tmp'];
    const id = await podman.run(
      'run',
      '--detach',
      ...options,
      ...env,
      image('postgres'),
      '-c',
      'max_connections=20',
    );
    const psql = (password: string, query: string) =>
      podman.try(
        'exec',
        '--env',
        `PGPASSWORD=${password}`,
        id,
        'psql',
        '-h',
        '127.0.0.1',
        '-U',
        'postgres',
        '-tAc',
        query,
        'app',
      );
    const ready = async () => (await psql('secret word', 'select 1')).code === 0;
    await until('the database answers', 30_000, ready);
    const made = await psql(
      'secret word',
      "create table t as select version(), current_setting('max_connections') as n; select n from t",
    );
    expect(made.stdout).toContain('20');
    expect((await psql('wrong', 'select 1')).output).toContain('password authentication failed');
    await podman.run('stop', '--time', '20', id);
    await podman.run('start', id);
    await until('the database answers again', 30_000, ready);
    expect((await psql('secret word', 'select version from t')).stdout).toContain('PostgreSQL 15');
    const careless = await podman.try('run', '--rm', ...options, image('postgres'));
    expect([careless.code, careless.output]).toEqual([1, expect.stringContaining('set POSTGRES_PASSWORD')]);
  });

  test('plain podman build with the rootfs as a named context gives the same files', async () => {
    await nx(['rootfs', 'base-regular', `--platforms=linux/${host}`], { env: podman.env });
    const context = join(root, 'dist/rootfs/base-regular', `linux-${host}`);
    await podman.run(
      'build',
      '-q',
      '-t',
      'localhost/plain',
      '--build-context',
      `rootfs=${context}`,
      join(root, 'containerfiles/regular'),
    );
    expect(await listFiles(podman, 'localhost/plain')).toEqual(await listFiles(podman, image('regular')));
  });
});

/** Mode, owner, path and link target of every file of an image; sizes of everything except directories. */
async function listFiles(podman: Podman, name: string): Promise<string[]> {
  const directory = makeDirectory('export');
  const id = await podman.run('create', name, 'x');
  await podman.run('export', '-o', join(directory, 'x.tar'), id);
  const listing = await run(['tar', '--numeric-owner', '-tvf', join(directory, 'x.tar')], {
    env: { ...process.env, TZ: 'UTC' },
  });
  await removeDirectory(directory);
  return listing
    .trim()
    .split('\n')
    .map((line) => line.replace(/ +\d{4}-\d\d-\d\d \d\d:\d\d /, ' '))
    .map((line) => (line.startsWith('d') ? line.replace(/ \d+ /, ' ') : line))
    .filter((line) => !/ (proc|sys|dev|run\/\.containerenv|etc\/mtab|etc\/resolv.conf|etc\/host)/.test(line))
    .sort();
}
