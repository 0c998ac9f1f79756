import { dockerCommand, parseDiff } from '../src/index';

test('a command runs in a container that stays, whatever is in the names of its mounts', () => {
  const argv = dockerCommand.run({
    name: 'n',
    label: 'l=1',
    image: 'i',
    platform: 'linux/arm64',
    argv: ['/bin/sh', '-c', 'a b'],
    network: 'none',
    mounts: [
      { type: 'bind', source: '/a,b', target: '/c"d', readonly: true },
      { type: 'volume', source: 'v', target: '/v', readonly: false },
      { type: 'tmpfs', target: '/t', size: 1024 },
    ],
  });
  expect(argv).toEqual([
    ...['docker', 'run', '--name', 'n', '--label', 'l=1', '--platform', 'linux/arm64', '--pull=never'],
    ...['--log-driver=none', '--security-opt', 'label=disable', '--hostname', 'buildkitsandbox'],
    ...['--network', 'none'],
    ...['--mount', 'type=bind,"source=/a,b","target=/c""d",readonly'],
    ...['--mount', 'type=volume,source=v,target=/v,volume-nocopy'],
    ...['--mount', 'type=tmpfs,target=/t,tmpfs-size=1024'],
    ...['--entrypoint', '/bin/sh', 'i', '-c', 'a b'],
  ]);
});

test('the network is the usual one unless another is asked for', () => {
  const call = { name: 'n', label: 'l', image: 'i', platform: 'linux/amd64', argv: ['a'], mounts: [] };
  expect(dockerCommand.run({ ...call, network: 'default' })).not.toContain('--network');
  expect(dockerCommand.run({ ...call, network: 'host' }).join(' ')).toContain(' --network host ');
});

test('a volume is filled with what an image has', () => {
  const argv = dockerCommand.fill('v', 'l', 'i', '/mounted').join(' ');
  expect(argv).toContain('--mount type=volume,source=v,target=/mounted ');
});

test('what differs, by path', () => {
  expect(parseDiff('C /etc\nA /etc/a b\nD /x\n\nodd\n')).toEqual(new Set(['etc', 'etc/a b', 'x']));
});
