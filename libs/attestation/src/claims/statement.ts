import * as z from 'zod';
import { parseJson } from './signature';

/** An in-toto statement: what is attested of which images. */
export interface Statement {
  readonly predicateType: string;
  /** Digests of the subjects, as `sha256:<hex>`. */
  readonly subjects: readonly string[];
  readonly predicate: unknown;
}

/** Predicate types of the attestations that a push attaches, as in-toto names them. */
export const predicateTypes = {
  provenance: 'https://slsa.dev/provenance/v1',
  sbom: 'https://cyclonedx.org/bom',
} as const;

/** DSSE: https://github.com/secure-systems-lab/dsse. cosign has verified the signatures. */
const envelope = z.looseObject({
  payloadType: z.literal('application/vnd.in-toto+json'),
  payload: z.base64(),
});

const statement = z.looseObject({
  _type: z.enum(['https://in-toto.io/Statement/v0.1', 'https://in-toto.io/Statement/v1']),
  predicateType: z.string(),
  subject: z.array(z.looseObject({ digest: z.record(z.string(), z.string()) })),
  predicate: z.unknown(),
});

/** The statements of `cosign verify-attestation`, one envelope a line. Undefined if a line is none. */
export function parseStatements(text: string): readonly Statement[] | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const parsed = lines.map(parseEnvelope);
  const read = parsed.filter((one) => one !== undefined);
  return read.length === parsed.length ? read : undefined;
}

function parseEnvelope(line: string): Statement | undefined {
  const outer = envelope.safeParse(parseJson(line)).data;
  if (!outer) return undefined;
  const inner = statement.safeParse(parseJson(Buffer.from(outer.payload, 'base64').toString())).data;
  if (!inner) return undefined;
  const subjects = inner.subject.flatMap(({ digest }) => (digest.sha256 ? [`sha256:${digest.sha256}`] : []));
  return { predicateType: inner.predicateType, subjects, predicate: inner.predicate };
}
