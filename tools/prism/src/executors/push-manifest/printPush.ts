import { formatReference, type Pushed, type Receipt } from '@prism-build/registry';

/** What a push did, for a terminal or as one line of JSON. */
export function printPush(receipt: Receipt, { unchanged }: Pushed, file: string, json: boolean): string {
  if (json) return `${JSON.stringify({ unchanged, ...receipt })}\n`;
  const { registry, repository, digest } = receipt;
  const name = formatReference({ registry, repository, digest });
  const tags = receipt.tags.map(({ name: tag }) => tag).join(', ');
  return `  ${name}  ${tags}${unchanged ? '  (was there)' : ''}\n  ${file}\n`;
}
