import { join } from 'node:path';
import { ok, type Result } from '@prism-build/errors';
import {
  encodeReceipt,
  type GateRecord,
  makeReceipt,
  type Pushed,
  type PushPlan,
  parseReceipt,
  type Receipt,
  type SignedRecord,
} from '@prism-build/registry';
import { attempt, readTextIfThere, writeFileAtomic } from '@prism-build/shell';

/** The receipt of the last push of an image; a variant's is in a subdirectory. */
export function receiptPath(root: string, project: string, variant: string | undefined): string {
  return join(root, 'dist', 'push', project, variant ?? '', 'receipt.json');
}

/** The receipt of the last push of an image; undefined if there is none that can be read. */
export function readReceipt(root: string, project: string, variant: string | undefined): Receipt | undefined {
  return readReceiptFile(receiptPath(root, project, variant));
}

export function readReceiptFile(file: string): Receipt | undefined {
  return parseReceipt(readTextIfThere(file) ?? '');
}

/**
 * Writes the receipt of a push, after it. A receipt that already says the same of an unchanged image stays, because it also says
 * what its tags named before.
 */
export async function writeReceipt(
  file: string,
  plan: PushPlan,
  { unchanged, before }: Pushed,
  gate: GateRecord,
  signed: SignedRecord | undefined,
): Promise<Result<Receipt>> {
  const receipt = makeReceipt(plan, before, gate, Date.now(), { signed });
  const old = unchanged ? readReceiptFile(file) : undefined;
  if (old !== undefined && placeOf(old) === placeOf(receipt)) return ok(old);
  const written = await attempt(`cannot write ${file}`, () => writeFileAtomic(file, encodeReceipt(receipt)));
  return written.ok ? ok(receipt) : written;
}

function placeOf({ registry, repository, digest, tags, signed }: Receipt): string {
  const signer = signed?.key ?? signed?.identity;
  return JSON.stringify([registry, repository, digest, tags.map(({ name }) => name), signer]);
}
