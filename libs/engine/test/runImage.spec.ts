import { docker, parsePort, podman, type RunRequest, runImage, steersEngine } from '../src/index';

const plain: RunRequest = {
  image: 'localhost/p/x:sha-0123456789ab',
  name: 'p-x',
  project: 'x',
  owner: '1.2.3',
  ports: [],
  env: [],
  envFiles: [],
  volumes: [],
  tmpfs: [],
  user: undefined,
  readOnly: false,
  entrypoint: undefined,
  interactive: 'no',
  args: [],
};

test('the least: removed at the end, never pulled, named and labelled', () => {
  expect(runImage(podman, plain)).toEqual([
    'podman',
    'run',
    '--rm',
    '--pull=never',
    '--name=p-x',
    '--label=prism-build.project=x',
    '--label=prism-build.owner=1.2.3',
    'localhost/p/x:sha-0123456789ab',
  ]);
});

const full: RunRequest = {
  ...plain,
  ports: [
    { address: '127.0.0.1', hostPort: 18980, containerPort: 8980, protocol: 'tcp' },
    { address: '::1', hostPort: 53, containerPort: 53, protocol: 'udp' },
  ],
  env: ['TOKEN'],
  envFiles: ['/w/.env'],
  volumes: ['/w/data:/data:ro'],
  tmpfs: ['/tmp'],
  user: '1:2',
  readOnly: true,
  entrypoint: '/bin/sh',
  interactive: 'terminal',
  args: ['-c', '--rm; x'],
};

test('everything, and what differs between the engines', () => {
  const argv = runImage(docker, full);
  expect(argv.slice(7)).toEqual([
    ...['--publish', '127.0.0.1:18980:8980/tcp', '--publish', '[::1]:53:53/udp'],
    ...['--env', 'TOKEN', '--env-file', '/w/.env', '--volume', '/w/data:/data:ro', '--tmpfs', '/tmp'],
    ...['--user=1:2', '--read-only', '--interactive', '--tty', '--entrypoint=/bin/sh'],
    ...['localhost/p/x:sha-0123456789ab', '-c', '--rm; x'],
  ]);
  const difference = runImage(podman, full).filter((one) => !argv.includes(one));
  expect(difference).toEqual(['podman', '--read-only-tmpfs=false']);
});

test.each([
  ['8980', '127.0.0.1', 8980, 8980, 'tcp'],
  ['8980/tcp', '127.0.0.1', 8980, 8980, 'tcp'],
  ['53/UDP', '127.0.0.1', 53, 53, 'udp'],
  ['15100:50100', '127.0.0.1', 15100, 50100, 'tcp'],
  ['0.0.0.0:80:8080', '0.0.0.0', 80, 8080, 'tcp'],
  ['127.0.0.2:8080', '127.0.0.2', 8080, 8080, 'tcp'],
  ['[::]:80:8080', '::', 80, 8080, 'tcp'],
])('the port %s', (text, address, hostPort, containerPort, protocol) => {
  expect(parsePort(text)).toEqual({ address, hostPort, containerPort, protocol });
});

test.each(['', 'x', '0', '65536', '1:0', '1:2:3', '80/http', '-1', '1.5', '::1:80:80'])(
  '%j is not a port',
  (text) => {
    expect(parsePort(text)).toBeUndefined();
  },
);

test.each([
  ['PATH', true],
  ['HOME', true],
  ['CONTAINERS_CONF', true],
  ['CONTAINER_HOST', true],
  ['DOCKER_HOST', true],
  ['LD_PRELOAD', true],
  ['XDG_RUNTIME_DIR', true],
  ['https_proxy', true],
  ['GOMAXPROCS', false],
  ['GODEBUG', true],
  ['PRISM_LISTEN', false],
  ['DATABASE_URL', false],
  ['PATHS', false],
  ['USERNAME', false],
  ['STORAGE_DRIVER', true],
  ['STORAGE', false],
])('%s steers the engine: %s', (name, expected) => {
  expect(steersEngine(name)).toBe(expected);
});
