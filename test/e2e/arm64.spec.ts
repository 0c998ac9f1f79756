import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { command, describeWith, podman as needsPodman, postgresql, which } from '../support/needs';
import { base64, Client } from './support/client';
import { loopbackAddress } from './support/loopback';
import { Podman } from './support/podman';
import { PostgresServer } from './support/postgres';
import { proxyConfig, startContainer } from './support/stack';
import { until } from './support/until';
import {
  binaryOf,
  type Component,
  components,
  host,
  memstore,
  nx,
  platforms,
  postgres,
  projectList,
  proxy,
} from './support/workspace';

const qemu = command('qemu-aarch64-static', 'qemu-user-static');
const machines: Record<string, number> = { amd64: 0x3e, arm64: 0xb7 };

/** Time limit for an emulated program to start serving. */
const patience = 30_000;

test.each(components.flatMap((one) => platforms.map((architecture) => ({ ...one, architecture }))))(
  '$binary of $architecture is a static program for it',
  (one) => {
    const header = Buffer.alloc(4096);
    const file = openSync(binaryOf(one, one.architecture), 'r');
    readSync(file, header, 0, header.length, 0);
    closeSync(file);
    expect(header.readUInt16LE(18)).toBe(machines[one.architecture]);
    const [offset, size, count] = [
      Number(header.readBigUInt64LE(32)),
      header.readUInt16LE(54),
      header.readUInt16LE(56),
    ];
    const types = Array.from({ length: count }, (_, index) => header.readUInt32LE(offset + index * size));
    // PT_INTERP names a dynamic linker, which does not exist in a scratch image.
    expect(types).not.toContain(3);
  },
);

describeWith(host === 'arm64' ? [needsPodman] : [needsPodman, qemu], 'arm64 images', () => {
  let podman: Podman;
  const addresses = [proxy, memstore, postgres].map(() => loopbackAddress());

  /** Either the kernel starts QEMU (binfmt_misc), or QEMU is mounted into the container and started explicitly. */
  const registered = host === 'arm64' || existsSync('/proc/sys/fs/binfmt_misc/qemu-aarch64');
  const emulated = ({ binary, project }: Component) => {
    const image = `localhost/prism/${project}:latest${host === 'arm64' ? '' : '-arm64'}`;
    if (registered) return { image, options: ['--platform', 'linux/arm64'], first: [] };
    const mount = ['--volume', `${which('qemu-aarch64-static')}:/qemu-aarch64:ro`];
    const options = ['--platform', 'linux/arm64', ...mount, '--entrypoint', '/qemu-aarch64'];
    return { image, options, first: [`/${binary}`] };
  };
  const start = (component: Component, env: Record<string, string>, more: readonly string[] = []) => {
    const { image, options, first } = emulated(component);
    return startContainer(podman, {
      ...{ name: component.project, image, env },
      ...{ options: [...options, ...more], args: first },
    });
  };

  beforeAll(async () => {
    console.info(
      registered ? 'by binfmt_misc or natively' : 'QEMU mounted into the containers: no binfmt_misc here',
    );
    podman = new Podman();
    await nx(['run-many', '-t', 'load-image', projectList, '--allPlatforms'], { env: podman.env });
  });
  afterAll(() => podman?.close());

  test.each(components)('$project says its version', async (component) => {
    const { image, options, first } = emulated(component);
    const own = ['run', '--rm', '--pull', 'never', '--network', 'none', '--read-only', '--cap-drop', 'all'];
    const text = await podman.run(...own, ...options, image, ...first, '--version');
    expect(text).toMatch(new RegExp(`^${component.binary} \\S+$`));
  });

  describeWith([postgresql], 'the stack', () => {
    const database = new PostgresServer(loopbackAddress());
    let client: Client | undefined;
    const [proxyAddress, memoryAddress, sqlAddress] = addresses;

    beforeAll(async () => {
      await database.init();
      await database.start();
    });
    afterAll(async () => {
      client?.close();
      await database.close();
    });

    test('serves', async () => {
      await start(memstore, { PRISM_LISTEN: `${memoryAddress}:50100` });
      await start(postgres, { PRISM_LISTEN: `${sqlAddress}:50100`, DATABASE_URL: database.url });
      const listen = { PRISM_LISTEN: `${proxyAddress}:8980`, PRISM_ADMIN_LISTEN: `${proxyAddress}:8981` };
      const names = [
        '--add-host',
        `memory-plugin:${memoryAddress}`,
        '--add-host',
        `sql-plugin:${sqlAddress}`,
      ];
      const config = proxyConfig({ memory: 'memory-plugin:50100', sql: 'sql-plugin:50100' });
      await start(proxy, listen, [...config, ...names]);
      const health = () => fetch(`http://${proxyAddress}:8980/health`);
      await until('the emulated proxy answers', patience, async () => (await health()).ok);
      client = new Client(`${proxyAddress}:8980`);
      for (const namespace of ['memory', 'sql']) {
        await until(namespace, patience, async () => (await client!.health(namespace)) === 'SERVING');
        await client.ok(namespace, 'Set', { key: 'arm', value: base64('64') });
        expect(await client.ok(namespace, 'Get', { key: 'arm' })).toEqual({
          found: true,
          value: base64('64'),
        });
      }
      for (const { project } of components) await podman.run('stop', '--time', '20', project);
      const states = await podman.run('ps', '--all', '--format', '{{.Names}} {{.ExitCode}}');
      expect(states.split('\n').sort()).toEqual(components.map(({ project }) => `${project} 0`).sort());
    });
  });
});
