import { compareAttachments } from '../src/promote/attachments';
import { orasCopy } from '../src/promote/orasCopy';

const holding = (...digests: string[]) =>
  Buffer.from(JSON.stringify({ layers: digests.map((digest) => ({ digest })) }));

test('attachments of two repositories', () => {
  expect(compareAttachments(holding('a'), holding('a', 'b'))).toBe('keep');
  expect(compareAttachments(holding('a', 'b'), holding('b'))).toBe('replace');
  expect(compareAttachments(holding('a', 'b'), holding('b', 'c'))).toBe('conflict');
});

test('the call of oras reaches each side in its own way', () => {
  const image = {
    registry: '127.0.0.1:5000',
    repository: 'team/api',
    digest: `sha256:${'0'.repeat(64)}`,
  } as const;
  const to = { registry: 'registry.example', repository: 'prod/api' };
  const call = orasCopy('oras', image, { allowHttp: [], authFile: '/a' }, to, {
    allowHttp: [],
    authFile: '/b',
  });
  expect(call).toEqual([
    ...['oras', 'copy', '--recursive', '--no-tty', '--from-plain-http'],
    ...['--from-registry-config=/a', '--to-registry-config=/b'],
    ...[`127.0.0.1:5000/team/api@${image.digest}`, 'registry.example/prod/api'],
  ]);
});
