import { options } from '../../src/executors/push-manifest/options';
import { parseOptions } from '../../src/nx/parseOptions';
import { openKeys } from '../../src/promotion/openKeys';
import { openKeyless } from '../../src/signing/openKeyless';
import { reachOf } from '../../src/signing/reach';

const refusals = (value: object) => {
  const parsed = parseOptions(options, value, 'api:push-manifest');
  return parsed.ok ? [] : parsed.failures.map(({ what }) => what);
};

test('options of keyless signatures: the token goes to https only, and none is without effect', () => {
  const services = { fulcio: 'https://fulcio.example', rekor: 'http://127.0.0.1:3000/' };
  expect(refusals({ sign: 'keyless' })).toEqual([]);
  expect(refusals({ sign: 'keyless', ...services, sigstoreRoots: 'sigstore' })).toEqual([]);
  // The command line may name a key where nx.json has the services.
  expect(refusals({ sign: 'keys/own.key', ...services, sigstoreRoots: 'sigstore' })).toEqual([]);
  expect(refusals({ sigstoreRoots: 'sigstore' })).toEqual([
    'option sigstoreRoots of api:push-manifest: has no effect without `sign: "keyless"`',
  ]);
  expect(refusals({ sign: 'keyless', rekor: services.rekor })).toEqual([
    expect.stringMatching(/^option sigstoreRoots .*is needed/),
  ]);
  for (const fulcio of [
    'http://fulcio.example',
    'http://127.0.0.1.example',
    'ftp://fulcio.example',
    'fulcio',
  ])
    expect(refusals({ sign: 'keyless', fulcio, sigstoreRoots: 'x' })).toEqual([
      expect.stringMatching(/^option fulcio of api:push-manifest: .*https/),
    ]);
});

test('without roots or an identity, nothing is signed', async () => {
  const codeOf = async (sigstoreRoots: string | undefined) => {
    const opened = await openKeyless('/none', { sigstoreRoots }, {});
    return opened.ok ? 'ok' : opened.failures[0]!.code;
  };
  expect(await codeOf('sigstore')).toBe('SIGN_ROOTS_MISSING');
  expect(await codeOf(undefined)).toBe('SIGN_IDENTITY_MISSING');
});

test('promote takes keys only, and says so', async () => {
  const reach = reachOf('/none', { allowHttp: [], timeout: 1, retries: 0 });
  const opened = await openKeys('/none', { sign: 'keyless', key: undefined }, reach);
  expect(opened.ok ? '' : opened.failures[0]!.what).toBe('promote signs with a key, and `sign` is keyless');
});
