import { explainExit, remedyFor } from '../src';

test.each([
  'Error: runc: runc create failed: unable to start container process: exec: "/say": permission denied: OCI permission denied',
  'Error: crun: open executable: Permission denied: OCI permission denied',
  'Error: exec container process `/say`: Exec format error: OCI runtime error',
  'docker: Error response from daemon: failed to create task for container: unable to start container process: exec: "/say": permission denied: unknown.',
])('126 of the entrypoint: %s', (line) => {
  expect(explainExit('say', 126, `warning\n${line}\n`)).toMatchObject({
    code: 'RUN_ENDED',
    what: 'say ended with status 126',
    why: `the entrypoint is not executable, or is for another architecture: ${line}`,
  });
});

const doctor = expect.stringContaining('nx g prism:doctor');
test.each([
  [126, 'Error: crun: cannot set rlimit: Operation not permitted: OCI permission denied', doctor],
  [126, 'Error: runc: mkdir /sys/fs/cgroup/x: permission denied: OCI permission denied', doctor],
  [
    126,
    'Error: OCI runtime error: crun: cgroups in hybrid mode not supported, drop all controllers from cgroupv2',
    doctor,
  ],
  [125, 'Error: cannot set up namespace using "newuidmap": exit status 1', doctor],
  [
    126,
    "Error: rootlessport cannot expose privileged port 80, you can add 'net.ipv4.ip_unprivileged_port_start=80' to /etc/sysctl.conf (currently 1024), or choose a larger port number (>= 1024): listen tcp 127.0.0.1:80: bind: permission denied",
    expect.stringContaining('sudo sysctl net.ipv4.ip_unprivileged_port_start=80'),
  ],
  [
    126,
    'Error: rootlessport listen tcp 127.0.0.1:8080: bind: address already in use',
    'Stop what listens on the port, or publish another one.',
  ],
  [
    125,
    'docker: Error response from daemon: driver failed programming external connectivity: Bind for 127.0.0.1:80 failed: port is already allocated.',
    'Stop what listens on the port, or publish another one.',
  ],
])('%i of the engine: %s', (status, line, remedy) => {
  expect(explainExit('say', status, `hello\n${line}\n`)).toMatchObject({
    code: 'RUN_NOT_STARTED',
    what: `the engine did not start say (status ${status}); its program never ran`,
    why: line,
    remedy,
  });
});

test('what slirp4netns prints after its error is left out', () => {
  const said = 'Error: /usr/bin/slirp4netns failed: "open(\\"/dev/net/tun\\"): Permission denied';
  const tail = '\\nWARNING: Support for seccomp is experimental\\nchild failed(1)\\n"';
  expect(explainExit('say', 126, `${said}${tail}\n`)).toMatchObject({ code: 'RUN_NOT_STARTED', why: said });
});

test('without the words of the engine both causes are named; a status of the program has none', () => {
  for (const errors of ['', 'my own Error: in the middle'])
    expect(explainExit('say', 126, errors)).toMatchObject({
      code: 'RUN_ENDED',
      why: 'the engine refused to start the entrypoint, or it is not executable',
    });
  expect(explainExit('say', 125, '')).toMatchObject({ code: 'RUN_ENDED' });
  expect(explainExit('say', 3, 'Error: x').why).toBeUndefined();
  expect(remedyFor('something new')).toBeUndefined();
});
