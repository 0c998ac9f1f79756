import { compareAttachments } from '../src/promote/attachments';

const holding = (kind: 'layers' | 'manifests', ...digests: string[]) =>
  Buffer.from(JSON.stringify({ [kind]: digests.map((digest) => ({ digest })) }));

test.each(['layers', 'manifests'] as const)('attachments of two repositories, as %s', (kind) => {
  expect(compareAttachments(holding(kind, 'a'), holding(kind, 'a', 'b'))).toBe('keep');
  expect(compareAttachments(holding(kind, 'a', 'b'), holding(kind, 'b'))).toBe('replace');
  expect(compareAttachments(holding(kind, 'a', 'b'), holding(kind, 'b', 'c'))).toBe('conflict');
});
