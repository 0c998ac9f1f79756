import { createHash } from 'node:crypto';
import type { Log, ReportingDescriptor, Result as SarifResult } from 'sarif';
import type { Severity } from '../severity';
import { printReachability } from './printReachability';
import type { ReportFinding, ReportViolation, ScanReport } from './schema';

/** CVSS of each severity, by which GitHub sorts alerts (`security-severity`). */
const scores: Readonly<Record<Severity, string>> = {
  CRITICAL: '9.5',
  HIGH: '8.0',
  MEDIUM: '5.5',
  LOW: '2.0',
  UNKNOWN: '5.0',
};

/**
 * A report as SARIF 2.1.0. Each finding is at the line of the workspace that decides about its package, else at the
 * Containerfile. The category is the image, so that code scanning keeps the alerts of several images apart.
 */
export function printSarif(report: ScanReport): string {
  const found = [
    ...report.findings.map((one) => fromFinding(one, report)),
    ...report.violations.map((one) => fromViolation(one, report)),
    ...listObstacles(report),
  ];
  const rules = [...new Map(found.map(({ rule }) => [rule.id, rule])).values()];
  const index = new Map(rules.map(({ id }, at) => [id, at]));
  const log: Log = {
    version: '2.1.0',
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    runs: [
      {
        tool: { driver: { name: 'prism scan', rules } },
        automationDetails: { id: `scan/${report.image}/` },
        originalUriBaseIds: { '%SRCROOT%': { description: { text: 'The root of the workspace.' } } },
        columnKind: 'utf16CodeUnits',
        results: found.map(({ rule, result }) => ({
          ...result,
          ruleId: rule.id,
          ruleIndex: index.get(rule.id)!,
        })),
        properties: { verdict: report.verdict, ...(report.digest && { digest: report.digest }) },
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

/** The level of a finding by its state. */
const levels = { blocks: 'error', warns: 'warning', accepted: 'note', suppressed: 'note' } as const;

interface Found {
  readonly rule: ReportingDescriptor;
  readonly result: SarifResult;
}

function fromFinding(one: ReportFinding, { image, containerfile, digest }: ScanReport): Found {
  const {
    id,
    package: name,
    installed,
    fixedIn,
    severity,
    title,
    state,
    why,
    origin,
    path,
    fix,
    platforms,
    reachability,
  } = one;
  const called = reachability ? ` Reachability: ${printReachability(reachability)}.` : '';
  const text = `${name} ${installed} has ${id} (${severity})${title ? `: ${title}` : ''}.${called} Fixed in: ${fixedIn ?? 'no version'}. ${state === 'blocks' ? 'To do' : `It does not block (${why}); to fix it`}: ${fix}.`;
  return {
    rule: {
      id,
      shortDescription: { text: title || `${id} in ${name}` },
      fullDescription: { text: title || `${id} in ${name}` },
      helpUri: helpUri(id),
      help: { text: `${id}: ${title || 'see the advisory'} (${helpUri(id)})` },
      properties: { tags: ['security', 'vulnerability'], 'security-severity': scores[severity] },
    },
    result: {
      level: levels[state],
      message: { text },
      locations: [locate(origin ?? { file: containerfile, line: 1 }, path, image)],
      partialFingerprints: { 'prismScan/v1': hash([image, id, name, path]) },
      ...(state === 'suppressed' && {
        suppressions: [{ kind: 'external' as const, status: 'accepted' as const, justification: why }],
      }),
      properties: {
        platforms,
        ...(digest && { digest }),
        ...(one.epss !== undefined && { epss: one.epss }),
        ...(one.knownExploited !== undefined && { knownExploited: one.knownExploited }),
        ...(one.aliases && { aliases: one.aliases }),
        ...(one.scanners && { scanners: one.scanners }),
        ...(reachability && { reachability }),
      },
    },
  };
}

function fromViolation(one: ReportViolation, { image, containerfile }: ScanReport): Found {
  const { rule, what, state, path, why, platforms } = one;
  return {
    rule: describeRule(rule, `The image breaks the rule ${rule} of its policy.`, '7.0'),
    result: {
      level: state === 'blocks' ? 'error' : 'warning',
      message: { text: `${image}: ${what}.` },
      locations: [locate({ file: containerfile, line: 1 }, path, image)],
      partialFingerprints: { 'prismScan/v1': hash([image, rule, what]) },
      ...(state === 'suppressed' && {
        suppressions: [{ kind: 'external' as const, status: 'accepted' as const, justification: why ?? '' }],
      }),
      properties: { platforms },
    },
  };
}

/** What blocks without being a finding or a rule: a failed scan must not look like a clean one. */
function listObstacles({ image, containerfile, errors, notAssessable, expired }: ScanReport): Found[] {
  const make = (id: string, text: string, place: { file: string; line?: number | undefined }): Found => ({
    rule: describeRule(id, 'The scan of the image is not complete.', '8.0'),
    result: {
      level: 'error',
      message: { text },
      locations: [locate(place, undefined, image)],
      partialFingerprints: { 'prismScan/v1': hash([image, id, text]) },
    },
  });
  const self = { file: containerfile, line: 1 };
  return [
    ...errors.map(({ code, what, remedy }) => make(code, `${what}. To do: ${remedy}`, self)),
    ...notAssessable.map(({ what }) => make('notAssessable', `${image}: ${what}.`, self)),
    ...expired.map(({ ids, at }) =>
      make('expiredSuppression', `The suppression of ${ids[0]} has ended.`, at),
    ),
  ];
}

function describeRule(id: string, text: string, score: string): ReportingDescriptor {
  return {
    id,
    shortDescription: { text: id },
    fullDescription: { text },
    help: { text: `${text} See node_modules/prism/docs/scanning.md.` },
    properties: { tags: ['security'], 'security-severity': score },
  };
}

type Location = NonNullable<SarifResult['locations']>[number];

function locate(
  { file, line = 1 }: { file: string; line?: number | undefined },
  path: string | undefined,
  image: string,
): Location {
  return {
    physicalLocation: {
      artifactLocation: { uri: file.split('/').map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%' },
      region: { startLine: line },
    },
    ...(path !== undefined && {
      logicalLocations: [{ fullyQualifiedName: `${image}:/${path.replace(/^\//, '')}` }],
    }),
  };
}

function helpUri(id: string): string {
  return id.startsWith('CVE-')
    ? `https://nvd.nist.gov/vuln/detail/${encodeURIComponent(id)}`
    : `https://osv.dev/vulnerability/${encodeURIComponent(id)}`;
}

function hash(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
