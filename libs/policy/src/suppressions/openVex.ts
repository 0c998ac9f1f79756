import { all, failed, ok, type Result } from '@prism-build/errors';
import * as z from 'zod';
import { checkValue, invalid, type Located } from '../documents/located';
import { readJson } from '../documents/readJson';
import { parsePurl } from './purl';
import type { Scope, Suppression } from './suppression';

const time = z.iso.datetime({ offset: true });

const component = z.looseObject({
  '@id': z.string().min(1).optional(),
  identifiers: z.looseObject({ purl: z.string().optional() }).optional(),
  hashes: z
    .looseObject({
      'sha-256': z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .optional(),
    })
    .optional(),
});

const justifications = [
  'component_not_present',
  'vulnerable_code_not_present',
  'vulnerable_code_not_in_execute_path',
  'vulnerable_code_cannot_be_controlled_by_adversary',
  'inline_mitigations_already_exist',
] as const;

const statement = z
  .looseObject({
    vulnerability: z.looseObject({
      '@id': z.string().optional(),
      name: z.string().min(1),
      aliases: z.array(z.string()).optional(),
    }),
    timestamp: time.optional(),
    products: z.array(component.extend({ subcomponents: z.array(component).min(1).optional() })).min(1),
    status: z.enum(['not_affected', 'affected', 'fixed', 'under_investigation']),
    justification: z.enum(justifications).optional(),
    impact_statement: z.string().optional(),
    status_notes: z.string().optional(),
  })
  .refine(
    ({ status, justification, impact_statement: impact }) =>
      status !== 'not_affected' || justification !== undefined || !!impact,
    { message: 'not_affected needs a justification or an impact_statement', path: ['status'] },
  );

/** The parts of OpenVEX 0.2.0 that are read (https://github.com/openvex/spec). */
const document = z.looseObject({
  '@context': z.string().regex(/^https:\/\/openvex\.dev\/ns\/v0\.2\.\d+$/, 'must be OpenVEX 0.2'),
  '@id': z.string().min(1),
  author: z.string().min(1),
  timestamp: time,
  statements: z.array(statement).min(1),
});

type Statement = z.infer<typeof statement>;
type Component = z.infer<typeof component>;

/** A statement about one vulnerability of one product. */
interface Claim {
  readonly key: string;
  readonly time: number;
  /** Undefined if the status accepts nothing. */
  readonly suppression: Suppression | undefined;
}

/**
 * The findings that OpenVEX documents call `not_affected` or `fixed`. Of the statements about one vulnerability of one
 * product the latest counts, so `affected` takes back an earlier `not_affected`. Failures: SCAN_POLICY_INVALID.
 */
export function parseOpenVex(
  files: readonly { readonly file: string; readonly text: string }[],
): Result<readonly Suppression[]> {
  const read = all(files.map(({ file, text }) => readClaims(text, file)));
  if (!read.ok) return read;
  const claims = read.value.flat().sort((a, b) => a.time - b.time);
  const latest = new Map(claims.map((claim) => [claim.key, claim.suppression]));
  return ok([...latest.values()].flatMap((one) => one ?? []));
}

function readClaims(text: string, file: string): Result<Claim[]> {
  const located = readJson(text, file);
  if (!located.ok) return located;
  const parsed = checkValue(located.value, document);
  if (!parsed.ok) return parsed;
  const { author, timestamp, statements } = parsed.value;
  const claims = all(
    statements.map((one, index) => listClaims(one, index, { author, timestamp }, located.value)),
  );
  return claims.ok ? ok(claims.value.flat()) : claims;
}

function listClaims(
  one: Statement,
  index: number,
  { author, timestamp }: { readonly author: string; readonly timestamp: string },
  { file, lineOf }: Located,
): Result<Claim[]> {
  const { vulnerability, status, justification, impact_statement: impact, status_notes: notes } = one;
  const at = { file, line: lineOf(['statements', index]) };
  const scopes = all(
    one.products.map((product, position) => {
      const found = scopesOf(product);
      if (typeof found !== 'string') return ok(found);
      return failed(invalid(file, lineOf(['statements', index, 'products', position]), found));
    }),
  );
  if (!scopes.ok) return scopes;
  const ids = [vulnerability.name, ...(vulnerability.aliases ?? [])];
  const reason = [status, justification, impact ?? notes].filter(Boolean).join(': ');
  const accepts = status === 'not_affected' || status === 'fixed';
  return ok(
    scopes.value.flat().map((scope) => ({
      key: JSON.stringify([vulnerability.name, scope]),
      time: Date.parse(one.timestamp ?? timestamp),
      suppression: accepts ? { ids, owner: author, reason, ...scope, at } : undefined,
    })),
  );
}

/** What a product and its subcomponents stand for; a text says why they stand for nothing that can be matched. */
function scopesOf({ subcomponents, ...product }: Statement['products'][number]): readonly Scope[] | string {
  const image = scopeOf(product);
  if (typeof image === 'string' || !subcomponents) return typeof image === 'string' ? image : [image];
  if (image.digest === undefined)
    return 'subcomponents need a product with a digest, such as pkg:oci/…@sha256:…';
  const parts = subcomponents.map(scopeOf);
  const wrong = parts.find((part) => typeof part === 'string');
  if (wrong !== undefined) return wrong as string;
  return parts.map((part) => ({ ...(part as Scope), digest: image.digest }));
}

function scopeOf(one: Component): Scope | string {
  const hash = one.hashes?.['sha-256'];
  if (hash !== undefined) return { digest: `sha256:${hash}` };
  const text = [one.identifiers?.purl, one['@id']].find((id) => id?.startsWith('pkg:'));
  const purl = text === undefined ? undefined : parsePurl(text);
  if (!purl || text === undefined)
    return `the product ${one['@id'] ?? ''} is neither a package URL nor has a sha-256 hash`;
  if (purl.type !== 'oci') return { purl: text };
  return /^sha256:[0-9a-f]{64}$/.test(purl.version ?? '')
    ? { digest: purl.version! }
    : `${text} names an image without its digest`;
}
