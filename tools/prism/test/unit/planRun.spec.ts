import { options as runOptions } from '../../src/executors/run-image/options';
import { planRun, type RunFacts } from '../../src/executors/run-image/planRun';

const facts: RunFacts = {
  root: '/w',
  project: 'plugin-x',
  image: 'localhost/p/plugin-x:sha-0123456789ab',
  exposedPorts: ['8980/tcp', '53/udp'],
  env: { TOKEN: 'secret' },
  terminal: false,
  owner: '1.2.3',
};
const plan = (options: Record<string, unknown>, more: Partial<RunFacts> = {}) => {
  const planned = planRun(runOptions.parse({ prefix: 'p', ...options }), { ...facts, ...more });
  if (!planned.ok) throw new Error(planned.failures.map(({ what }) => what).join('\n'));
  return planned.value;
};
const ports = (options: Record<string, unknown>, more: Partial<RunFacts> = {}) =>
  plan(options, more).request.ports.map(
    (one) => `${one.address}:${one.hostPort}:${one.containerPort}/${one.protocol}`,
  );

test('as declared: the ports of EXPOSE on loopback, a name of the project', () => {
  expect(ports({})).toEqual(['127.0.0.1:8980:8980/tcp', '127.0.0.1:53:53/udp']);
  expect(plan({}).request).toMatchObject({
    name: 'p-plugin-x',
    user: undefined,
    readOnly: false,
    interactive: 'no',
  });
  expect(plan({ variant: 'debug' }).request.name).toBe('p-plugin-x-debug');
  expect(plan({ prefix: '' }, { project: '@scope/x' }).request.name).toBe('scope-x');
});

test.each<[unknown, string[]]>([
  ['18980:8980', ['127.0.0.1:18980:8980/tcp']],
  [18980, ['127.0.0.1:18980:18980/tcp']],
  ['1:2,3:4/udp', ['127.0.0.1:1:2/tcp', '127.0.0.1:3:4/udp']],
  [
    ['1:2', '3'],
    ['127.0.0.1:1:2/tcp', '127.0.0.1:3:3/tcp'],
  ],
  ['', []],
])('ports %j', (value, expected) => {
  expect(ports({ ports: value })).toEqual(expected);
});

test('a range of EXPOSE is each of its ports', () => {
  expect(ports({}, { exposedPorts: ['8000-8002/tcp'] })).toHaveLength(3);
});

test('variables: values beside the arguments, never in them', () => {
  const forms = [{ A: 1, B: 'x=y' }, ['A=1', 'B=x=y']];
  for (const env of forms) expect(plan({ env }).values).toEqual({ A: '1', B: 'x=y' });
  const taken = plan({ env: 'TOKEN' });
  expect(taken.values).toEqual({ TOKEN: 'secret' });
  expect(JSON.stringify(taken.request)).not.toContain('secret');
});

test('paths are those of the workspace', () => {
  const { request } = plan({
    volumes: ['./data:/d:ro', 'named:/n', '/abs:/a', '../x:/x'],
    envFile: 'a/.env',
  });
  expect(request.volumes).toEqual(['/w/data:/d:ro', 'named:/n', '/abs:/a', '/x:/x']);
  expect(request.envFiles).toEqual(['/w/a/.env']);
});

test('input is passed on where it is asked for, as a terminal where there is one', () => {
  expect(plan({ interactive: true }).request.interactive).toBe('input');
  expect(plan({ interactive: true }, { terminal: true }).request.interactive).toBe('terminal');
});

test('everything that is wrong is said at once', () => {
  const options = runOptions.parse({ ports: 'x,0', env: ['PATH=/x', 'NOWHERE', '1A=2'] });
  const planned = planRun(options, facts);
  expect(planned.ok ? [] : planned.failures.map(({ what }) => what.replace(/^.*run-image: /, ''))).toEqual([
    'x is not a port',
    '0 is not a port',
    'PATH would steer the engine',
    'NOWHERE has no value here',
    '"1A" is not a name',
  ]);
});
