import { ok } from '@prism-build/errors';
import { checkAccess, withAccess } from '../../src/scanning/withAccess';

const variables = { PRISM_REGISTRY_USER: 'ann', PRISM_REGISTRY_PASSWORD: 'a password' };
const saved = { ...process.env };
afterEach(() => {
  process.env = { ...saved };
});

test('the variables of a push are for the registry of the image, and certificates for the workspace', async () => {
  Object.assign(process.env, variables);
  const reach = { allowHttp: ['registry.example'], certDir: 'certs' };
  const seen = await withAccess(
    'registry.example/team/api:1',
    '/work',
    reach,
    async ({ connection, run }) => {
      const file = await run({ argv: ['sh', '-c', 'cat "$REGISTRY_AUTH_FILE"; env'], timeout: 5000 });
      return ok({ connection, text: file.ok ? file.value.stdout : '' });
    },
  );
  if (!seen.ok) throw new Error(JSON.stringify(seen.failures));
  expect(seen.value.connection).toEqual({ allowHttp: ['registry.example'], certDir: '/work/certs' });
  const auth = Buffer.from('ann:a password').toString('base64');
  expect(seen.value.text).toContain(JSON.stringify({ auths: { 'registry.example': { auth } } }));
  expect(seen.value.text).not.toContain('PRISM_REGISTRY_PASSWORD');
});

test.each<[readonly string[], NodeJS.ProcessEnv, string]>([
  [['a.example/x:1', 'a.example/y:1'], variables, ''],
  [['a.example/x:1', 'b.example/x:1'], {}, ''],
  [['a.example/x:1', 'b.example/x:1'], variables, 'the images are in a.example and b.example'],
])('a password for one registry does not go to another: %j', (images, env, expected) => {
  const checked = checkAccess(images, env);
  if (expected === '') return expect(checked.ok).toBe(true);
  expect(JSON.stringify(checked)).toContain(expected);
  return expect(JSON.stringify(checked)).toContain('REGISTRY_AUTH_FILE');
});
