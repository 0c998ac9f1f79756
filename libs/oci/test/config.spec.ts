import { buildConfig, type ImageSettings, parseConfig } from '../src/index';

const diffID = `sha256:${'1'.repeat(64)}` as const;
const read = (value: unknown) => {
  const parsed = parseConfig(Buffer.from(JSON.stringify(value)), 'x');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.failures));
  return parsed.value;
};

test('what is written comes back', () => {
  const settings: ImageSettings = {
    user: 'web:staff',
    exposedPorts: ['53/udp', '80/tcp'],
    env: ['Z=1', 'A=x=y', 'EMPTY='],
    entrypoint: ['/e'],
    cmd: ['c', ''],
    volumes: ['/d'],
    workingDir: '/w',
    labels: { b: '1', a: '2' },
    stopSignal: 'SIGINT',
    healthcheck: { test: ['CMD', 'x'], interval: 5, timeout: undefined, startPeriod: 7, retries: 2 },
    shell: ['/bin/x', '-c'],
  };
  const platform = { os: 'linux', architecture: 'arm', variant: 'v7' };
  const history = [{ createdBy: 'a' }, { createdBy: 'b', emptyLayer: true }];
  const { bytes } = buildConfig({ platform, settings, diffIDs: [diffID], history });
  expect(parseConfig(bytes, 'x')).toEqual({
    ok: true,
    value: { platform, settings, diffIDs: [diffID], history, onBuild: [] },
  });
});

test('null, empty and absent mean the same', () => {
  const rootfs = { type: 'layers', diff_ids: [] };
  const common = { architecture: 'amd64', os: 'linux', rootfs };
  const absent = read(common);
  const nothing = { Env: null, Cmd: null, Entrypoint: [], Labels: {}, User: '', WorkingDir: '', Volumes: {} };
  expect(read({ ...common, variant: '', config: { ...nothing, ExposedPorts: null } })).toEqual({
    ...absent,
    settings: { ...absent.settings, labels: {} },
  });
  expect(read({ ...common, config: null })).toEqual(absent);
});

test('of a variable that is there twice the last value counts, and a name alone is none', () => {
  const rootfs = { diff_ids: [] };
  const config = { Env: ['A=1', 'ALONE', 'B=2', 'A=3', '=x'] };
  expect(read({ architecture: 'a', os: 'b', rootfs, config }).settings.env).toEqual(['A=3', 'B=2']);
});

test('a history that does not match the layers is made up, one that does is kept', () => {
  const common = { architecture: 'a', os: 'b', rootfs: { diff_ids: [diffID] } };
  expect(read({ ...common, history: [{ empty_layer: true }] }).history).toEqual([
    { createdBy: 'layer of x' },
  ]);
  expect(
    read({ ...common, history: [{ created: 'yesterday', created_by: 'ADD x', author: 'y' }] }).history,
  ).toEqual([{ createdBy: 'ADD x' }]);
});

test.each(['', '{}', '[]', '{"os":"linux","architecture":"a","rootfs":{"diff_ids":["sha256:1"]}}'])(
  '%j is no configuration',
  (text) => {
    const parsed = parseConfig(Buffer.from(text), 'the base');
    expect(parsed.ok || parsed.failures.map(({ code }) => code)).toEqual(['IMAGE_INCONSISTENT']);
  },
);
