import { chooseEngine, docker, loadNames, parseInspect, podman } from '../src/index';

const id = 'a'.repeat(64);

test.each([
  ['auto', ['podman', 'docker'], 'podman'],
  ['auto', ['docker'], 'docker'],
  ['', ['docker'], 'docker'],
  ['docker', ['podman', 'docker'], 'docker'],
])('asked for %p where %p are there: %s', (asked, there, expected) => {
  const chosen = chooseEngine(asked, (command) => there.includes(command));
  expect(chosen.ok && chosen.value.name).toBe(expected);
});

test.each([
  ['auto', [], 'ENGINE_MISSING', 'neither podman nor docker on PATH'],
  ['podman', ['docker'], 'ENGINE_MISSING', 'no podman on PATH'],
  ['rkt', ['podman'], 'ENGINE_UNKNOWN', 'there is no engine called rkt'],
])('asked for %p where only %p are there: %s', (asked, there, code, what) => {
  const chosen = chooseEngine(asked, (command) => (there as string[]).includes(command));
  expect(chosen).toMatchObject({ ok: false, failures: [{ code, what }] });
});

test('arguments are vectors that an image name cannot get out of', () => {
  for (const engine of [podman, docker]) {
    expect(engine.load()).toEqual([engine.name, 'load', '--quiet']);
    expect(engine.tag(id, 'x; rm -rf /').at(-1)).toBe('x; rm -rf /');
    expect(engine.inspect(id).slice(0, 4)).toEqual([engine.name, 'image', 'inspect', '--format']);
  }
  expect(podman.inspect(id).at(-1)).toBe(id);
  // Docker takes bare hex for a name or an abbreviation.
  expect(docker.inspect(id).at(-1)).toBe(`sha256:${id}`);
  expect(docker.tag(id, 'n')).toEqual(['docker', 'tag', `sha256:${id}`, 'n']);
  expect([podman.archive, docker.archive]).toEqual(['oci', 'docker']);
});

test.each([
  [`${id}\n`, { id, names: [] }],
  [
    `sha256:${id}\nlocalhost/a:latest\nlocalhost/a:sha-1\n`,
    { id, names: ['localhost/a:latest', 'localhost/a:sha-1'] },
  ],
  ['', { id: '', names: [] }],
])('inspect output %j', (output, expected) => {
  expect(parseInspect(output)).toEqual(expected);
});

test('the plain names are those of the host; others say their architecture', () => {
  const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;
  expect(loadNames('localhost/p/x', digest)).toEqual([
    'localhost/p/x:latest',
    'localhost/p/x:sha-0123456789ab',
  ]);
  expect(loadNames('localhost/p/x', digest, { architecture: 'arm64' })).toEqual([
    'localhost/p/x:latest-arm64',
    'localhost/p/x:sha-0123456789ab-arm64',
  ]);
  expect(loadNames('localhost/p/x', digest, { variant: 'debug' })).toEqual([
    'localhost/p/x:latest-debug',
    'localhost/p/x:sha-0123456789ab-debug',
  ]);
  expect(loadNames('localhost/p/x', digest, { variant: 'debug', architecture: 'arm64' })[0]).toBe(
    'localhost/p/x:latest-debug-arm64',
  );
});
