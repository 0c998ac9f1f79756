import { failed, ok, type Result, scanFailure } from '@prism-build/errors';
import * as z from 'zod';
import { severities } from '../severity';

const place = z.strictObject({ file: z.string(), line: z.int().positive().optional() });
const platforms = z.array(z.string()).describe('As in linux/amd64.');

const reachability = z
  .discriminatedUnion('state', [
    z.strictObject({
      state: z.literal('called'),
      symbols: z.array(z.string()).readonly().describe('The vulnerable functions that the program contains.'),
    }),
    z.strictObject({ state: z.literal('notCalled') }),
    z.strictObject({ state: z.literal('unknown'), why: z.string() }),
  ])
  .describe('Whether the program contains the vulnerable code; absent if no scanner looked.');

const finding = z.strictObject({
  id: z.string().describe('The advisory.'),
  aliases: z.array(z.string()).readonly().optional().describe('Other names of the same vulnerability.'),
  scanners: z
    .array(z.string())
    .readonly()
    .optional()
    .describe('Who reports it, if more than one scanner looked.'),
  reachability: reachability.optional(),
  package: z.string(),
  installed: z.string(),
  fixed: z.string().optional().describe('Versions with the fix, as the advisory writes them.'),
  fixedIn: z.string().optional().describe('The version that fixes all findings of this package.'),
  severity: z.enum([...severities, 'UNKNOWN']),
  kind: z.string(),
  path: z.string().describe('In the image.'),
  title: z.string(),
  purl: z.string().optional(),
  published: z.string().optional(),
  epss: z.number().optional(),
  knownExploited: z.boolean().optional(),
  platforms,
  state: z
    .enum(['blocks', 'warns', 'accepted', 'suppressed'])
    .describe('warns: it would block if its code were called.'),
  why: z.string(),
  origin: z
    .strictObject({ file: z.string(), line: z.int().positive(), project: z.string() })
    .optional()
    .describe('The line of the workspace that decides about the package.'),
  fix: z.string().describe('What to do: a command where there is one.'),
});

const violation = z.strictObject({
  rule: z.string(),
  state: z.enum(['blocks', 'warns', 'suppressed']),
  what: z.string(),
  path: z.string().optional(),
  package: z.string().optional(),
  platforms,
  why: z.string().optional(),
});

const suppression = z.strictObject({
  ids: z.array(z.string()),
  package: z.string().optional(),
  path: z.string().optional(),
  purl: z.string().optional(),
  digest: z.string().optional(),
  owner: z.string().optional(),
  reason: z.string(),
  until: z.string().optional().describe('The first moment at which it no longer applies; ISO 8601.'),
  at: place,
});

const change = z.strictObject({
  id: z.string(),
  package: z.string(),
  installed: z.string(),
  severity: z.enum([...severities, 'UNKNOWN']),
  path: z.string(),
});

const database = z.strictObject({ digest: z.string(), time: z.string() });

/** The schema of `--format=json`. Increase `version` if the meaning of a field changes. */
const scanReport = z
  .strictObject({
    version: z.literal(2),
    image: z.string().describe('The project, and its variant after a slash.'),
    project: z.string(),
    digest: z.string().optional().describe('Digest of the image index; absent if no platform was scanned.'),
    containerfile: z.string().describe('Relative to the workspace.'),
    time: z.iso.datetime().describe('When the decision was made.'),
    verdict: z.enum(['allow', 'block', 'notAssessable']).describe('Only allow lets the target succeed.'),
    scanner: z.string(),
    database,
    second: z
      .strictObject({ scanner: z.string(), database })
      .optional()
      .describe('The second scanner, if the policy names one.'),
    findings: z.array(finding),
    violations: z.array(violation),
    errors: z.array(
      z.strictObject({
        code: z.string(),
        what: z.string(),
        why: z.string().optional(),
        remedy: z.string(),
        at: place.optional(),
        platforms,
      }),
    ),
    notAssessable: z.array(z.strictObject({ what: z.string(), platforms })),
    expired: z.array(suppression),
    unused: z.array(suppression),
    policy: z.record(z.string(), z.unknown()),
    since: z
      .strictObject({
        time: z.string(),
        digest: z.string().optional(),
        added: z.array(change).describe('In this scan and not in the earlier one.'),
        gone: z.array(change).describe('In the earlier scan and not in this one.'),
      })
      .optional()
      .describe('The difference to the scan that --since names.'),
  })
  .describe('The decision about an image, and everything that it is made of.');

export type ScanReport = z.infer<typeof scanReport>;
export type ReportFinding = z.infer<typeof finding>;
export type ReportViolation = z.infer<typeof violation>;
export type ReportSuppression = z.infer<typeof suppression>;
export type FindingChange = z.infer<typeof change>;

/** JSON schema (2020-12) of a report. */
export const makeReportSchema = () => z.toJSONSchema(scanReport);

/** Reads a report of an image. Failure: SCAN_POLICY_INVALID. */
export function parseReport(text: string, file: string, image: string): Result<ScanReport> {
  const invalid = (why: string) =>
    failed(
      scanFailure('SCAN_POLICY_INVALID', {
        what: `${file} is not a report of a scan of ${image}`,
        why,
        remedy: 'Name a file that `npx nx scan <project> --format=json --output=<file>` wrote.',
        at: { file },
      }),
    );
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return invalid((error as Error).message);
  }
  const parsed = scanReport.safeParse(value);
  if (!parsed.success) return invalid(z.prettifyError(parsed.error));
  return parsed.data.image === image
    ? ok(parsed.data)
    : invalid(`it is about ${parsed.data.image}, not ${image}`);
}
