import { createHash } from 'node:crypto';
import * as z from 'zod';

/** What was decided or done. */
const events = [
  'build',
  'scan',
  'gate',
  'push',
  'sign',
  'verify',
  'promote',
  'rollback',
  'remove',
  // A deployment of a stack passes from one state to another.
  'transition',
] as const;

const entrySchema = z.strictObject({
  event: z.enum(events),
  /** The image: its name, and the digest of its index where one exists. Or a stack, and the digest of its release. */
  subject: z.strictObject({ name: z.string(), digest: z.string().optional() }),
  /** `done` and `failed` for work, `allowed` and `refused` for decisions. */
  outcome: z.enum(['done', 'failed', 'allowed', 'refused']),
  /** The reasons for the outcome, one sentence or code each. */
  causes: z.array(z.string()),
  /** Further facts, such as the registry or the digest of a policy. Never credentials. */
  details: z.record(z.string(), z.string()).optional(),
});

const recordSchema = z.strictObject({
  version: z.literal(1),
  /** Counts from 1, through all files of a log. */
  sequence: z.int().positive(),
  /** The digest of the line before; of the empty text for the first record. */
  previous: z.string(),
  /** RFC 3339, UTC. */
  time: z.iso.datetime(),
  actor: z.string(),
  ...entrySchema.shape,
});

/** What a caller records. */
export type AuditEntry = z.infer<typeof entrySchema>;
export type AuditRecord = z.infer<typeof recordSchema>;

/** The last record of a log: its number and the digest of its line. */
export interface ChainEnd {
  readonly sequence: number;
  readonly digest: string;
}

/** The digest of a line without its line feed. */
export function lineDigest(line: string): string {
  return `sha256:${createHash('sha256').update(line).digest('hex')}`;
}

/** The end of a log without records. */
export const start: ChainEnd = { sequence: 0, digest: lineDigest('') };

/** The line of a record after `end`, without a line feed, and the new end. */
export function toLine(
  end: ChainEnd,
  entry: AuditEntry,
  actor: string,
  time: Date,
): { readonly line: string; readonly end: ChainEnd } {
  const sequence = end.sequence + 1;
  const stamp = { sequence, previous: end.digest, time: time.toISOString(), actor };
  const record: AuditRecord = { version: 1, ...stamp, ...entry };
  const line = JSON.stringify(record);
  return { line, end: { sequence, digest: lineDigest(line) } };
}

/** Undefined if a line is not a record. */
export function parseLine(line: string): AuditRecord | undefined {
  try {
    const parsed = recordSchema.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
