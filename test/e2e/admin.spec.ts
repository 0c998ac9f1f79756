import { existsSync } from 'node:fs';
import { command, describeWith, podman as needsPodman, which } from '../support/needs';
import { loopbackAddress } from './support/loopback';
import { Podman } from './support/podman';
import { proxyConfig, startContainer } from './support/stack';
import { until } from './support/until';
import { host, memstore, nx, platformOf, platforms, proxy, readDigest } from './support/workspace';

const project = 'admin';
const budget = 45e6;
const imageOf = (name: string) => `localhost/prism/${name}:latest`;

describeWith([needsPodman], 'the admin', () => {
  const addresses = { admin: loopbackAddress(), memory: loopbackAddress(), proxy: loopbackAddress() };
  const emulated = loopbackAddress();
  const proxyUrl = `http://${addresses.proxy}:8981`;
  let podman: Podman;

  const get = (path: string, address = addresses.admin) => fetch(`http://${address}:8000${path}`);
  const page = async () => (await get('/')).text();
  const startAdmin = (name: string, address: string, options: readonly string[] = [], args: string[] = []) =>
    startContainer(podman, {
      name,
      image: imageOf(project),
      env: { PRISM_LISTEN: `${address}:8000`, PROXY_URL: proxyUrl },
      options: ['--user', '65532', ...options],
      args,
    });

  beforeAll(async () => {
    podman = new Podman();
    const projects = [project, proxy.project, memstore.project].join();
    await nx(['run-many', '-t', 'load-image', `--projects=${projects}`, '--allPlatforms'], {
      env: podman.env,
      timeout: 1_500_000,
    });
    await startContainer(podman, {
      name: 'memory',
      image: imageOf(memstore.project),
      env: { PRISM_LISTEN: `${addresses.memory}:50100`, PRISM_HEALTH_INTERVAL: '100ms' },
    });
    await startContainer(podman, {
      name: 'proxy',
      image: imageOf(proxy.project),
      env: { PRISM_LISTEN: `${addresses.proxy}:8980`, PRISM_ADMIN_LISTEN: `${addresses.proxy}:8981` },
      options: proxyConfig({ memory: `${addresses.memory}:50100`, sql: '127.0.0.1:1' }),
    });
    await startAdmin('admin', addresses.admin);
    await until('the admin answers', 20_000, async () => (await get('/health')).ok);
  });
  afterAll(() => podman?.close());

  test.each(platforms)(
    '%s: layers of interpreter, dependencies and application within the budget',
    (architecture) => {
      const { layers, user, entrypoint } = platformOf(project, architecture);
      const size = layers.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0);
      console.info(`admin ${architecture}: ${(size / 1e6).toFixed(2)} of ${budget / 1e6} MB`);
      expect(size).toBeLessThanOrEqual(budget);
      const own = layers.filter(({ origin }) => origin === 'own');
      expect(own).toHaveLength(2);
      expect(layers.slice(-2)).toEqual(own);
      const base = platformOf('base-python-runtime', architecture).layers.map(({ digest }) => digest);
      expect(layers.slice(0, -2).map(({ digest }) => digest)).toEqual(base);
      expect([user, entrypoint]).toEqual(['65532:65532', ['/usr/bin/python3', '-m', 'prism_admin']]);
    },
  );

  test('the dependencies are the same for both platforms: none has machine code', () => {
    const [amd64, arm64] = platforms.map((one) => platformOf(project, one).layers.slice(-2));
    expect(amd64).toEqual(arm64);
    expect(readDigest(project).platforms).toHaveLength(2);
  });

  test('it runs as 65532 with nothing that it does not need, and there is no shell to run', async () => {
    const { config } = platformOf(project, host);
    const format = '{{.Image}} {{.State.Status}}';
    expect(await podman.run('container', 'inspect', '--format', format, 'admin')).toBe(
      `${config.digest.slice('sha256:'.length)} running`,
    );
    const user = 'import os; print(os.getuid(), os.getgid())';
    expect(await podman.run('exec', 'admin', '/usr/bin/python3', '-c', user)).toMatch(/^65532 /);
    const write = await podman.try('exec', 'admin', '/usr/bin/python3', '-c', 'open("/application/x", "w")');
    expect(write.output).toMatch(/Read-only file system/);
    for (const shell of ['/bin/sh', '/bin/bash', '/bin/busybox'])
      expect((await podman.try('exec', 'admin', shell, '-c', 'true')).code).not.toBe(0);
  });

  test('nothing that it imported had to be compiled', async () => {
    const missing = `import prism_admin.app, uvicorn, h11, sys, os
names = [m.__cached__ for m in list(sys.modules.values()) if getattr(m, "__cached__", None)]
print(len(names), [name for name in names if not os.path.exists(name) and "sitecustomize" not in name])`;
    const found = await podman.run('exec', 'admin', '/usr/bin/python3', '-c', missing);
    expect(found).toMatch(/^\d{3} \[\]$/);
  });

  test('it lists namespaces and the health of their plugins, as text', async () => {
    expect(await (await get('/health')).json()).toEqual({ status: 'ok' });
    const rows = async () => (await (await get('/api/namespaces')).json()) as { namespaces: unknown };
    await until('both plugins have been asked', 20_000, async () => {
      const text = await page();
      return text.includes('class="up"') && text.includes('class="down"');
    });
    expect((await rows()).namespaces).toEqual([
      expect.objectContaining({
        name: 'memory',
        up: true,
        endpoint: expect.stringContaining(addresses.memory),
      }),
      expect.objectContaining({ name: 'sql', up: false }),
    ]);
    expect(await page()).toContain('<th scope="row">memory</th>');
    expect(await page()).toContain('<th scope="row">sql</th>');
  });

  test('a plugin that stops is shown, and one that comes back', async () => {
    const memoryIs = (state: string) =>
      until(`memory is ${state}`, 20_000, async () =>
        new RegExp(`memory</th>.*?class="${state}"`).test((await page()).replaceAll('\n', '')),
      );
    await podman.run('stop', '--time', '2', 'memory');
    await memoryIs('down');
    await podman.run('start', 'memory');
    await memoryIs('up');
  });

  test('a proxy that stops is said, with the error, and costs no health', async () => {
    await podman.run('stop', '--time', '2', 'proxy');
    const stopped = await page();
    expect(stopped).toContain(`The proxy does not answer at ${proxyUrl}/namespaces`);
    expect((await get('/api/namespaces')).status).toBe(502);
    expect((await get('/health')).status).toBe(200);
    await podman.run('start', 'proxy');
    await until('the proxy is back', 20_000, async () =>
      (await page()).includes('<th scope="row">memory</th>'),
    );
    const log = await podman.run('logs', 'admin');
    expect(log).not.toContain('Traceback');
    for (const line of log.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('level');
  });

  test('SIGTERM ends it at once', async () => {
    const start = performance.now();
    await podman.run('stop', '--time', '10', 'admin');
    expect(performance.now() - start).toBeLessThan(5000);
    expect(await podman.run('container', 'inspect', '--format', '{{.State.ExitCode}}', 'admin')).toBe('0');
  });

  describeWith(
    host === 'arm64' ? [] : [command('qemu-aarch64-static', 'qemu-user-static')],
    'on arm64',
    () => {
      const native = host === 'arm64' || existsSync('/proc/sys/fs/binfmt_misc/qemu-aarch64');
      const python = ['/usr/bin/python3', '-m', 'prism_admin'];
      const emulation = [
        '--volume',
        `${which('qemu-aarch64-static')}:/qemu-aarch64:ro`,
        '--entrypoint',
        '/qemu-aarch64',
      ];

      test('it serves', async () => {
        await startContainer(podman, {
          name: 'admin-arm64',
          image: `${imageOf(project)}${host === 'arm64' ? '' : '-arm64'}`,
          env: { PRISM_LISTEN: `${emulated}:8000`, PROXY_URL: proxyUrl },
          options: ['--platform', 'linux/arm64', '--user', '65532', ...(native ? [] : emulation)],
          args: native ? [] : python,
        });
        await until('the emulated admin answers', 60_000, async () => (await get('/health', emulated)).ok);
        await until('it lists', 20_000, async () =>
          (await (await get('/', emulated)).text()).includes('>memory<'),
        );
      });
    },
  );
});
