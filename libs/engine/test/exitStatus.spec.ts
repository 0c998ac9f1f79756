import { explainStatus } from '../src';

test.each([
  'Error: runc: runc create failed: unable to start container process: exec: "/say": permission denied: OCI permission denied',
  'Error: crun: open executable: Permission denied: OCI permission denied',
  'Error: exec container process `/say`: Exec format error: OCI runtime error',
  'docker: Error response from daemon: failed to create task for container: unable to start container process: exec: "/say": permission denied: unknown.',
])('126 of the entrypoint: %s', (line) => {
  expect(explainStatus(126, `warning\n${line}\n`)).toMatch(/^the entrypoint is not executable/);
});

test.each([
  'Error: crun: cannot set rlimit: Operation not permitted: OCI permission denied',
  'Error: slirp4netns failed: "open(\\"/dev/net/tun\\"): Permission denied": OCI permission denied',
  'Error: runc: mkdir /sys/fs/cgroup/x: permission denied: OCI permission denied',
])('126 of the engine: %s', (line) => {
  const text = explainStatus(126, `hello\n${line}\n`);
  expect(text).toMatch(/^the engine itself failed, not the entrypoint/);
  expect(text).toContain(line);
});

test('without the words of the engine both causes are named; a status of the program has none', () => {
  expect(explainStatus(126, '')).toMatch(/refused to start the entrypoint, or it is not executable/);
  expect(explainStatus(126, 'my own Error: in the middle')).toMatch(/or it is not executable/);
  expect(explainStatus(3, 'Error: x')).toBeUndefined();
});
