import { join } from 'node:path';
import { describeWith, podman as needsPodman, root as needsRoot, postgresql } from '../support/needs';
import { base64, Client } from './support/client';
import { makeDirectory } from './support/directory';
import { serveNames } from './support/dns';
import { loopbackAddress } from './support/loopback';
import { Podman } from './support/podman';
import { PostgresServer } from './support/postgres';
import { run } from './support/run';
import { proxyConfig, startContainer } from './support/stack';
import { until } from './support/until';
import {
  components,
  host,
  memstore,
  nx,
  platformOf,
  platforms,
  postgres,
  projectList,
  proxy,
  readDigest,
} from './support/workspace';

const imageOf = ({ project }: { project: string }, architecture = host) =>
  `localhost/prism/${project}:latest${architecture === host ? '' : `-${architecture}`}`;

describeWith([needsPodman], 'images in podman', () => {
  let podman: Podman;
  let loaded: string;

  beforeAll(async () => {
    podman = new Podman();
    loaded = await nx(['run-many', '-t', 'load-image', projectList, '--allPlatforms'], { env: podman.env });
  });
  afterAll(() => podman?.close());

  const each = components.flatMap((component) =>
    platforms.map((architecture) => ({ ...component, architecture, component })),
  );

  test('every platform was loaded, under its tags', async () => {
    expect(loaded.match(/ loaded /g)).toHaveLength(each.length);
    const listed = (await podman.run('images', '--format', '{{.Repository}}:{{.Tag}}')).split('\n').sort();
    const expected = components.flatMap(({ project }) => {
      const name = `localhost/prism/${project}`;
      const short = readDigest(project).index.digest.slice('sha256:'.length, 'sha256:'.length + 12);
      const suffixes = platforms.map((architecture) => (architecture === host ? '' : `-${architecture}`));
      return suffixes.flatMap((suffix) => [`${name}:latest${suffix}`, `${name}:sha-${short}${suffix}`]);
    });
    expect(listed).toEqual(expected.sort());
  });

  test('a second load finds them', async () => {
    const again = await nx(['run-many', '-t', 'load-image', projectList, '--allPlatforms'], {
      env: podman.env,
    });
    expect(again.match(/ unchanged /g)).toHaveLength(each.length);
    expect(again).not.toMatch(/ loaded /);
  });

  test.each(each)(
    '$project $architecture: ID, digest and configuration are those of digest.json',
    async (one) => {
      const format = '{{.Id}} {{.Digest}} {{.Architecture}} {{.User}} {{.Config.Entrypoint}}';
      const text = await podman.run('image', 'inspect', '--format', format, imageOf(one, one.architecture));
      const { config, manifest, entrypoint } = platformOf(one.project, one.architecture);
      const id = config.digest.slice('sha256:'.length);
      expect(text).toBe(`${id} ${manifest.digest} ${one.architecture} 65532:65532 [${entrypoint.join(' ')}]`);
    },
  );

  test.each(each)('$project $architecture: within its budget', ({ project, architecture, budget }) => {
    const { layers } = platformOf(project, architecture);
    const own = layers.filter(({ origin }) => origin === 'own');
    const size = own.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0);
    console.info(`${project} ${architecture}: ${(size / 1e6).toFixed(2)} of ${budget / 1e6} MB`);
    expect(own).toHaveLength(layers.length);
    expect(size).toBeLessThanOrEqual(budget);
  });

  test.each(each)(
    '$project $architecture: holds the binary, its certificates and nothing else',
    async (one) => {
      const container = await podman.run('create', '--pull', 'never', imageOf(one, one.architecture));
      const archive = join(makeDirectory('exported'), 'image.tar');
      await podman.run('export', '--output', archive, container);
      await podman.run('rm', container);
      const entries = (await run(['tar', '--numeric-owner', '--utc', '-tvf', archive])).trim().split('\n');
      const files = entries.filter((line) => !line.startsWith('d')).map((line) => line.split(/\s+/));
      const file = (mode: string, name: string) => [
        ...[mode, '0/0', expect.stringMatching(/^\d+$/), '1970-01-01', '00:00', name],
      ];
      const certificates = file('-rw-r--r--', 'etc/ssl/certs/ca-certificates.crt');
      expect(files).toEqual([
        ...(one.bases.length > 0 ? [certificates] : []),
        file('-rwxr-xr-x', one.binary),
      ]);
    },
  );
});

describeWith([needsPodman, postgresql, needsRoot], 'the stack', () => {
  const addresses = {
    proxy: loopbackAddress(),
    memstore: loopbackAddress(),
    postgres: loopbackAddress(),
    moved: loopbackAddress(),
    names: loopbackAddress(),
  };
  const records: Record<string, string> = { 'sql.prism.test': addresses.postgres };
  const database = new PostgresServer(loopbackAddress());
  let podman: Podman;
  let client: Client;
  let stopNames: () => void;

  const plugin = (name: string, address: string, env: Record<string, string> = {}) => ({
    name,
    env: { PRISM_LISTEN: `${address}:50100`, PRISM_HEALTH_INTERVAL: '100ms', ...env },
  });
  const startPostgres = (address: string) =>
    startContainer(podman, {
      ...plugin('sql', address, { DATABASE_URL: database.url, PRISM_NAMESPACE: 'sql' }),
      image: imageOf(postgres),
    });
  const admin = (path: string) => fetch(`http://${addresses.proxy}:8981${path}`);
  const serving = (namespace: string) =>
    until(`${namespace} serves`, 10_000, async () => (await client.health(namespace)) === 'SERVING');

  beforeAll(async () => {
    podman = new Podman();
    await nx(['run-many', '-t', 'load-image', projectList], { env: podman.env });
    await database.init();
    await database.start();
    stopNames = await serveNames(addresses.names, records);
    await startContainer(podman, { ...plugin('memory', addresses.memstore), image: imageOf(memstore) });
    await startPostgres(addresses.postgres);
    await startContainer(podman, {
      name: 'proxy',
      image: imageOf(proxy),
      env: { PRISM_LISTEN: `${addresses.proxy}:8980`, PRISM_ADMIN_LISTEN: `${addresses.proxy}:8981` },
      options: [
        ...proxyConfig({ memory: 'memory-plugin:50100', sql: 'sql.prism.test:50100' }),
        // One name is in /etc/hosts, the other is resolved through resolv.conf: the image has no C library to look up
        // either.
        ...['--add-host', `memory-plugin:${addresses.memstore}`, '--dns', addresses.names],
      ],
    });
    client = new Client(`${addresses.proxy}:8980`);
    await until('the proxy is ready', 10_000, async () => (await admin('/health/ready')).ok);
    await serving('memory');
    await serving('sql');
  });

  afterAll(async () => {
    client?.close();
    stopNames?.();
    await podman?.close();
    await database.close();
  });

  const own = [
    { component: proxy, name: 'proxy' },
    { component: memstore, name: 'memory' },
    { component: postgres, name: 'sql' },
  ];

  test.each(own)('the container $name runs the image of digest.json', async ({ component, name }) => {
    const image = await podman.run('container', 'inspect', '--format', '{{.Image}}', name);
    expect(`sha256:${image}`).toBe(platformOf(component.project, host).config.digest);
    const pid = await podman.run('container', 'inspect', '--format', '{{.State.Pid}}', name);
    const status = await run(['grep', '-E', '^(Uid|Gid|CapEff):', `/proc/${pid}/status`]);
    expect(status.trim().split(/\s+/)).toEqual(
      ['Uid:', 'Gid:']
        .flatMap((key) => [key, '65532', '65532', '65532', '65532'])
        .concat('CapEff:', '0'.repeat(16)),
    );
  });

  test.each(own)('the health check of $name works in the container', async ({ component, name }) => {
    const { code, output } = await podman.try('exec', name, `/${component.binary}`, 'health');
    expect({ code, output }).toEqual({ code: 0, output: expect.any(String) });
  });

  describe.each(['memory', 'sql'])('namespace %s', (namespace) => {
    const ok = (method: string, message: object) => client.ok(namespace, method, message);

    test('sets, gets, checks, overwrites and deletes', async () => {
      const value = base64(Uint8Array.from({ length: 256 }, (_, byte) => byte));
      expect(await ok('Get', { key: 'a' })).toEqual({ found: false, value: '' });
      expect(await ok('Exists', { key: 'a' })).toEqual({ exists: false });
      await ok('Set', { key: 'a', value });
      expect(await ok('Get', { key: 'a' })).toEqual({ found: true, value });
      expect(await ok('Exists', { key: 'a' })).toEqual({ exists: true });
      await ok('Set', { key: 'a', value: '' });
      expect(await ok('Get', { key: 'a' })).toEqual({ found: true, value: '' });
      expect(await ok('Delete', { key: 'a' })).toEqual({ existed: true });
      expect(await ok('Delete', { key: 'a' })).toEqual({ existed: false });
      expect(await ok('Get', { key: 'a' })).toEqual({ found: false, value: '' });
    });

    test('carries a value of a megabyte', async () => {
      const value = base64(Buffer.alloc(1 << 20, 'prism'));
      await ok('Set', { key: 'big', value });
      expect((await ok('Get', { key: 'big' })).value === value).toBe(true);
      await ok('Delete', { key: 'big' });
    });

    test('scans by pages, in order, and only the prefix', async () => {
      const keys = Array.from({ length: 25 }, (_, index) => `scan/${String(index).padStart(2, '0')}`);
      for (const key of ['scam', 'scan0', ...[...keys].reverse()]) {
        await ok('Set', { key, value: base64(key) });
      }
      const pages: string[][] = [];
      let cursor = '';
      do {
        const page = await ok('Scan', { prefix: 'scan/', limit: 10, cursor });
        for (const { key, value } of page.entries) expect(value).toBe(base64(key));
        pages.push(page.entries.map(({ key }: { key: string }) => key));
        cursor = page.nextCursor;
      } while (cursor !== '');
      expect(pages.map((page) => page.length)).toEqual([10, 10, 5]);
      expect(pages.flat()).toEqual(keys);
      const bare = await ok('Scan', { prefix: 'scan/', limit: 1, keysOnly: true });
      expect(bare.entries).toEqual([{ key: 'scan/00', value: '' }]);
    });

    test('expires a key, by Set and by Expire', async () => {
      await ok('Set', { key: 'brief', value: base64('x'), ttlMs: 400 });
      await ok('Set', { key: 'later', value: base64('x') });
      expect(await ok('GetTTL', { key: 'later' })).toEqual({ ttlMs: '-1' });
      expect(await ok('Expire', { key: 'later', ttlMs: 400 })).toEqual({ found: true });
      expect(await ok('Expire', { key: 'absent', ttlMs: 400 })).toEqual({ found: false });
      for (const key of ['brief', 'later']) {
        const left = Number((await ok('GetTTL', { key })).ttlMs);
        // -2 if this machine was suspended meanwhile.
        expect(left === -2 || (left >= 0 && left <= 400)).toBe(true);
        const gone = await until(`${key} expires`, 5000, async () => !(await ok('Get', { key })).found);
        expect(gone.elapsed).toBeLessThan(2000);
        expect(await ok('GetTTL', { key })).toEqual({ ttlMs: '-2' });
        expect(await ok('Exists', { key })).toEqual({ exists: false });
        expect((await ok('Scan', { prefix: key })).entries).toEqual([]);
      }
    });

    test('persists a key', async () => {
      await ok('Set', { key: 'kept', value: base64('x'), ttlMs: 60_000 });
      expect(Number((await ok('GetTTL', { key: 'kept' })).ttlMs)).toBeGreaterThan(1000);
      expect(await ok('Persist', { key: 'kept' })).toEqual({ found: true });
      expect(await ok('GetTTL', { key: 'kept' })).toEqual({ ttlMs: '-1' });
      expect(await ok('Persist', { key: 'absent' })).toEqual({ found: false });
      await ok('Delete', { key: 'kept' });
    });

    test('refuses a wrong request as such', async () => {
      expect((await client.kv(namespace, 'Set', { key: '' })).code).toBe('INVALID_ARGUMENT');
      expect((await client.kv(namespace, 'Get', { key: 'x'.repeat(1025) })).code).toBe('INVALID_ARGUMENT');
    });
  });

  test('namespaces do not see each other, and PostgreSQL has what sql was given', async () => {
    await client.ok('sql', 'Set', { key: 'only-sql', value: base64('x') });
    expect(await client.ok('memory', 'Exists', { key: 'only-sql' })).toEqual({ exists: false });
    const rows = await database.query("SELECT count(*) FROM prism_kv WHERE key = 'only-sql'::bytea");
    expect(rows).toBe('1');
  });

  test('an unknown namespace and none at all are errors of the caller', async () => {
    const unknown = await client.kv('nowhere', 'Get', { key: 'a' });
    expect(unknown).toMatchObject({ code: 'NOT_FOUND', text: expect.stringContaining('nowhere') });
    expect(unknown.text).not.toContain('memory');
    const none = await client.call('prism.keyvalue.v1.KeyValue/Get', { key: 'a' });
    expect(none).toMatchObject({
      code: 'INVALID_ARGUMENT',
      text: expect.stringContaining('x-prism-namespace'),
    });
  });

  test.each(['memory', 'sql'])('no client of the proxy steers the plugin of %s', async (namespace) => {
    const metadata = { 'x-prism-namespace': namespace };
    for (const method of ['Drain', 'Stop', 'HealthCheck']) {
      const { code } = await client.call(`prism.lifecycle.v1.Lifecycle/${method}`, {}, metadata);
      expect([method, code]).toEqual([method, 'UNIMPLEMENTED']);
    }
    expect((await client.kv(namespace, 'Exists', { key: 'a' })).code).toBe('OK');
  });

  test('health, metrics and namespaces over HTTP', async () => {
    const health = await fetch(`http://${addresses.proxy}:8980/health`);
    expect(health.status).toBe(200);
    expect((await admin('/health/live')).status).toBe(200);
    const ready = await admin('/health/ready');
    expect(ready.status).toBe(200);
    const readyText = await ready.text();
    for (const name of ['memory', 'sql']) expect(readyText).toContain(name);
    const namespaces = await admin('/namespaces');
    expect(namespaces.headers.get('content-type')).toMatch(/^application\/json/);
    const listed = JSON.stringify(await namespaces.json());
    for (const text of ['memory', 'sql', 'memory-plugin:50100', 'sql.prism.test:50100']) {
      expect(listed).toContain(text);
    }
    const metrics = await admin('/metrics');
    expect(metrics.headers.get('content-type')).toMatch(/^text\/plain/);
    const samples = (await metrics.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    // The Prometheus text format: name{labels} value.
    for (const line of samples) expect(line).toMatch(/^[a-z_:][\w:]*(\{.*\})? [-+.\deInfNa]+$/);
    expect(samples.some((line) => line.includes('namespace="sql"') && !line.endsWith(' 0'))).toBe(true);
    expect((await admin('/nothing-here')).status).toBe(404);
  });

  describe('faults', () => {
    /** From the fault to the first UNAVAILABLE: every call until then succeeds or gets UNAVAILABLE. */
    const untilDown = (namespace: string) =>
      until(`${namespace} is UNAVAILABLE`, 3000, async () => {
        const { code, text } = await client.kv(namespace, 'Exists', { key: 'only-sql' });
        if (code !== 'OK' && code !== 'UNAVAILABLE') throw new Error(`${namespace}: ${code} ${text}`);
        return code === 'UNAVAILABLE' && text;
      });
    const untilUp = (namespace: string) =>
      until(`${namespace} recovers`, 10_000, async () => {
        const { code } = await client.kv(namespace, 'Exists', { key: 'only-sql' });
        return code === 'OK';
      });

    test.each([
      { name: 'memory', other: 'sql' },
      { name: 'sql', other: 'memory' },
    ])('a killed plugin $name is UNAVAILABLE at once, and recovers by itself', async ({ name, other }) => {
      await podman.run('kill', '--signal', 'KILL', name);
      const down = await untilDown(name);
      expect(down.value).toContain(name);
      expect((await client.kv(other, 'Exists', { key: 'x' })).code).toBe('OK');
      await until(`${name} is not serving`, 3000, async () => (await client.health(name)) === 'NOT_SERVING');
      expect((await admin('/health/ready')).status).toBe(200);
      const start = performance.now();
      const answer = await client.kv(name, 'Exists', { key: 'x' });
      expect(answer.code).toBe('UNAVAILABLE');
      expect(performance.now() - start).toBeLessThan(2000);
      await until('the container has ended', 5000, async () => {
        return (await podman.run('container', 'inspect', '--format', '{{.State.Running}}', name)) === 'false';
      });
      await podman.run('start', name);
      const up = await untilUp(name);
      await serving(name);
      console.info(
        `${name}: down after ${down.elapsed.toFixed(0)} ms, up ${up.elapsed.toFixed(0)} ms after its start`,
      );
    });

    test('what was in PostgreSQL survived, what was in memory did not', async () => {
      expect(await client.ok('sql', 'Exists', { key: 'only-sql' })).toEqual({ exists: true });
      expect(await client.ok('memory', 'Exists', { key: 'scan/00' })).toEqual({ exists: false });
    });

    test('a database that is gone is UNAVAILABLE, and recovers by itself', async () => {
      await database.kill();
      await untilDown('sql');
      await until('sql is not serving', 5000, async () => (await client.health('sql')) === 'NOT_SERVING');
      await database.start();
      await untilUp('sql');
      await serving('sql');
      expect(await client.ok('sql', 'Exists', { key: 'only-sql' })).toEqual({ exists: true });
    });

    test('a plugin that comes back at another address is found by its name', async () => {
      await podman.run('rm', '--force', '--time', '0', 'sql');
      await untilDown('sql');
      records['sql.prism.test'] = addresses.moved;
      await startPostgres(addresses.moved);
      await untilUp('sql');
      await serving('sql');
    });
  });

  test.each(['proxy', 'memory', 'sql'])('%s stops when asked, with exit code 0', async (name) => {
    const start = performance.now();
    await podman.run('stop', '--time', '20', name);
    const took = performance.now() - start;
    const state = await podman.run(
      'container',
      'inspect',
      '--format',
      '{{.State.Status}} {{.State.ExitCode}}',
      name,
    );
    expect(state).toBe('exited 0');
    expect(took).toBeLessThan(10_000);
  });
});

describeWith([needsPodman], 'the ports of the images', () => {
  let podman: Podman;
  let client: Client | undefined;

  beforeAll(async () => {
    podman = new Podman();
    await nx(['run-many', '-t', 'load-image', projectList], { env: podman.env });
  });
  afterAll(async () => {
    client?.close();
    await podman?.close();
  });

  test('proxy and plugin serve on their default ports in a network of their own', async () => {
    // One network for both, as in a pod. No listen address is configured.
    const own = ['run', '--detach', '--pull', 'never', '--read-only', '--cap-drop', 'all'];
    await podman.run(...own, '--name', 'plugin', '--publish', '127.0.0.1::8980', imageOf(memstore));
    const config = proxyConfig({ memory: '127.0.0.1:50100' });
    await podman.run(...own, '--name', 'proxy', '--network', 'container:plugin', ...config, imageOf(proxy));
    const port = (await podman.run('port', 'plugin', '8980')).split(':').at(-1);
    client = new Client(`127.0.0.1:${port}`);
    const set = () => client!.kv('memory', 'Set', { key: 'a', value: base64('x') });
    await until('the pod serves', 10_000, async () => (await set()).code === 'OK');
  });
});
