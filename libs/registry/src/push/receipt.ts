import { canonicalJson, type Json } from '@prism-build/oci';
import * as z from 'zod';
import type { PushPlan } from './planPush';

const digest = z.templateLiteral(['sha256:', z.string().regex(/^[0-9a-f]{64}$/)]);

/** What a gate judged before a push. */
const gateRecord = z.strictObject({
  scan: z.literal('allow').describe('The verdict of the scan at the time of the push'),
  digest: digest.describe('The image that was judged'),
  commit: z.string().nullable().describe('The commit that was checked out; null outside of git'),
  clean: z
    .boolean()
    .nullable()
    .describe('Whether the work tree equalled the commit; null if nothing asked for it'),
  audit: z
    .string()
    .regex(/^\d+:sha256:[0-9a-f]{64}$/)
    .describe('The record of this decision in the audit log, as `nx g prism:audit --head` takes it'),
});

/** What was signed before the tags moved. */
const signedRecord = z.strictObject({
  key: digest
    .optional()
    .describe('SHA-256 of the public key, as SubjectPublicKeyInfo in DER; left out if an identity signed'),
  identity: z
    .strictObject({ issuer: z.string(), subject: z.string() })
    .optional()
    .describe('Who signed without a key, as the certificate names it'),
  digests: z.array(digest).describe('The index and the manifest of each platform'),
  attestations: z.array(
    z.strictObject({ digest, predicateType: z.string().describe('As in-toto names it') }),
  ),
});

/** The schema of receipt.json. Increase `schemaVersion` if the meaning of a field changes. */
const receipt = z
  .strictObject({
    schemaVersion: z.literal(1),
    image: z.string().describe('The project; with +<variant> for a variant'),
    registry: z.string(),
    repository: z.string(),
    digest: digest.describe('The image index: deploy and verify by this digest'),
    platforms: z.record(z.string(), digest).describe('The manifest of each platform'),
    blobs: z.array(z.strictObject({ digest, size: z.int().nonnegative() })).describe('Configs and layers'),
    tags: z.array(
      z.strictObject({
        name: z.string(),
        before: digest.nullable().describe('What the tag named before; null if it is new'),
      }),
    ),
    pushedAt: z.iso.datetime().describe('When all tags were in place, in UTC'),
    gate: gateRecord,
    from: z.string().optional().describe('Where the image was promoted from; left out if it was built here'),
    signed: signedRecord.optional().describe('Left out if the push did not sign'),
  })
  .describe('What was pushed where, by digest. Written after all tags are in place.');

export type Receipt = z.infer<typeof receipt>;
export type GateRecord = z.infer<typeof gateRecord>;
export type SignedRecord = z.infer<typeof signedRecord>;

/** JSON schema (2020-12) of receipt.json, committed as receipt.schema.json. */
export const makeReceiptSchema = () => z.toJSONSchema(receipt);

/** The bytes of the file: keys sorted, two spaces, a final newline. */
export function encodeReceipt(value: Receipt): string {
  return `${canonicalJson(value as Json, 2)}\n`;
}

/** A receipt; undefined if the text is none of this version. */
export function parseReceipt(text: string): Receipt | undefined {
  try {
    return receipt.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** `before` has the digest of each tag that existed; `now` is the time in milliseconds since 1970. */
export function makeReceipt(
  plan: PushPlan,
  before: ReadonlyMap<string, string>,
  gate: GateRecord,
  now: number,
  { signed, from }: { readonly signed?: SignedRecord | undefined; readonly from?: string } = {},
): Receipt {
  const { registry, repository } = plan.destination;
  return receipt.parse({
    schemaVersion: 1,
    image: plan.image,
    registry,
    repository,
    digest: plan.index.digest,
    platforms: Object.fromEntries(
      plan.platforms.map(({ platform, manifest }) => [platform, manifest.digest]),
    ),
    blobs: plan.blobs.map((blob) => ({ digest: blob.digest, size: blob.size })),
    tags: plan.tags.map(({ name }) => ({ name, before: before.get(name) ?? null })),
    pushedAt: new Date(now).toISOString(),
    gate,
    ...(from !== undefined && { from }),
    ...(signed && { signed }),
  });
}
