import * as z from 'zod';
import { isLicense } from '../licenses';
import { severities } from '../severity';
import type { Suppression } from '../suppressions/suppression';

const threshold = z.enum([...severities, 'NEVER']);
const verdict = z.enum(['block', 'allow']);
const rule = z.enum(['block', 'warn', 'allow']);
const days = z.number().nonnegative();
const license = z
  .string()
  .refine(isLicense, 'is not a licence of SPDX such as MIT or GPL-2.0-or-later')
  .describe('A licence of SPDX, as in MIT or `GPL-3.0-only WITH GCC-exception-3.1`.');

/** A finding or a violated rule that is accepted until a date. */
const suppression = z.strictObject({
  id: z
    .string()
    .min(1)
    .describe('The advisory, such as CVE-2023-39325, or the name of a rule, such as setuid.'),
  package: z.string().min(1).optional().describe('Only in this package; every package if left out.'),
  path: z.string().min(1).optional().describe('Only at this path in the image; every path if left out.'),
  digest: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/)
    .optional()
    .describe('Only in the image with this digest; every image if left out.'),
  owner: z.string().min(1).describe('Who answers for it.'),
  reason: z.string().min(1).describe('Why it does no harm.'),
  expires: z.iso.date().describe('The last day on which it applies, in UTC.'),
});

/** The rules about an image, in the order of reports; each is a field of the policy. */
export const ruleNames = [
  'runsAsRoot',
  'secretsInConfig',
  'secretsInFiles',
  'setuid',
  'worldWritable',
  'shell',
  'packageManager',
  'wrongArchitecture',
  'unpinnedBase',
  'unexpectedPorts',
] as const;

export type ImageRule = (typeof ruleNames)[number];

const rules = {
  runsAsRoot: rule.describe('The user is root or not set. Default: block.'),
  secretsInConfig: rule.describe('An ENV variable or a label is named like a secret. Default: block.'),
  secretsInFiles: rule.describe(
    'A file of any layer, also a replaced one, or the configuration has a secret in it. Default: block.',
  ),
  setuid: rule.describe('A file has the setuid or setgid bit. Default: block.'),
  worldWritable: rule.describe(
    'Everyone may write to a file, or to a directory without the sticky bit. Default: block.',
  ),
  shell: rule.describe('The image has a shell. Default: warn.'),
  packageManager: rule.describe('The image has a package manager. Default: warn.'),
  wrongArchitecture: rule.describe(
    'An executable file was compiled for another architecture than that of the image. Default: block.',
  ),
  unpinnedBase: rule.describe('A base is not pinned by digest. Default: block.'),
  unexpectedPorts: rule.describe(
    'The ports of the image are not those that its Containerfile exposes. Default: warn.',
  ),
} satisfies Record<ImageRule, z.ZodType>;

const licenses = z.strictObject({
  allow: z.array(license).optional().describe('Only these are allowed. Default: all.'),
  deny: z.array(license).optional().describe('These are not allowed. Default: none.'),
  unknown: rule
    .optional()
    .describe('Packages without a known licence, where allow or deny is set. Default: block.'),
});

const graceDays = z.strictObject({
  LOW: days.optional(),
  MEDIUM: days.optional(),
  HIGH: days.optional(),
  CRITICAL: days.optional(),
  UNKNOWN: days.optional(),
});

const fields = z.strictObject({
  fixable: threshold.describe(
    'The lowest severity that blocks if a fixed version exists; NEVER for none. Default: HIGH.',
  ),
  unfixable: threshold.describe('The same if no fixed version exists. Default: CRITICAL.'),
  graceDays: graceDays.describe(
    'For each severity, for how many days after the publication of its advisory a fixable finding does not block. Default: 0.',
  ),
  unknownSeverity: verdict.describe('Findings for which the database has no severity. Default: block.'),
  knownExploited: verdict.describe(
    'Findings in the catalogue of known exploited vulnerabilities, of any severity. Default: block.',
  ),
  epss: z
    .number()
    .min(0)
    .max(1)
    .describe('Findings with this EPSS probability or a higher one block, of any severity. Default: 1.'),
  notAssessable: verdict.describe(
    'Images in which nothing was recognised, or for which the database has no advisories. Default: block.',
  ),
  maxDatabaseAgeDays: z.number().positive().describe('An older database fails the scan. Default: 7.'),
  govulncheck: z
    .union([z.literal(false), z.strictObject({ database: z.string().min(1) })])
    .describe(
      'The directory of a Go vulnerability database, relative to the workspace: govulncheck scans Go programs as well. Default: false.',
    ),
  unreachable: z
    .enum(['block', 'warn'])
    .describe(
      'Findings whose code is provably not called, by govulncheck: judged like all others, or only a warning. Default: block.',
    ),
  ...rules,
  licenses: licenses.describe('Judged only if allow or deny is set.'),
  scanners: z
    .array(z.string().regex(/^sha256:[0-9a-f]{64}$/))
    .describe('Digests of scanner binaries to trust besides the pinned ones. Default: none.'),
  suppressions: z.array(suppression).describe('What is accepted, and until when. Default: none.'),
  vex: z
    .array(z.string().min(1))
    .describe('OpenVEX documents, relative to the workspace, besides those that are found. Default: none.'),
});

/** What a policy file may have: every field may be left out. */
export const policyFields = fields.extend({ $schema: z.string() }).partial().strict();

export type PolicyFields = z.infer<typeof policyFields>;

/** A policy with a value for every field. */
export type ScanPolicy = Omit<z.infer<typeof fields>, 'suppressions'> & {
  /** Of the policy, of OpenVEX documents and of .trivyignore.yaml. */
  readonly suppressions: readonly Suppression[];
};

/** JSON schema (2020-12) of a policy file. */
export const makePolicySchema = () => z.toJSONSchema(policyFields, { io: 'input', unrepresentable: 'any' });

/** The strictest value of each field, except for rules that many good images break. */
export const defaultPolicy: ScanPolicy = {
  fixable: 'HIGH',
  unfixable: 'CRITICAL',
  graceDays: {},
  unknownSeverity: 'block',
  knownExploited: 'block',
  epss: 1,
  notAssessable: 'block',
  maxDatabaseAgeDays: 7,
  govulncheck: false,
  unreachable: 'block',
  runsAsRoot: 'block',
  secretsInConfig: 'block',
  secretsInFiles: 'block',
  setuid: 'block',
  worldWritable: 'block',
  shell: 'warn',
  packageManager: 'warn',
  wrongArchitecture: 'block',
  unpinnedBase: 'block',
  unexpectedPorts: 'warn',
  licenses: {},
  scanners: [],
  suppressions: [],
  vex: [],
};
