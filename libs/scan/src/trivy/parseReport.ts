import { ok, type Result } from '@prism-build/errors';
import { type Finding, severities } from '@prism-build/policy';
import * as z from 'zod';
import { parseOutput } from '../parseOutput';

const vulnerability = z.looseObject({
  VulnerabilityID: z.string().min(1),
  PkgName: z.string().min(1),
  InstalledVersion: z.string(),
  FixedVersion: z.string().optional(),
  Severity: z.enum([...severities, 'UNKNOWN']).default('UNKNOWN'),
  Title: z.string().optional(),
  PublishedDate: z.iso.datetime({ offset: true }).optional().catch(undefined),
  PkgIdentifier: z.looseObject({ BOMRef: z.string(), PURL: z.string().optional() }),
});

/** Trivy's JSON, SchemaVersion 2. `Results` is absent if there are no packages. */
const report = z.looseObject({
  SchemaVersion: z.literal(2),
  ArtifactType: z.literal('cyclonedx'),
  Results: z
    .array(
      z.looseObject({
        Class: z.string(),
        Type: z.string(),
        Packages: z.array(z.looseObject({ Identifier: z.looseObject({ BOMRef: z.string() }) })).optional(),
        Vulnerabilities: z.array(vulnerability).optional(),
      }),
    )
    .optional(),
});

/** A finding without its place in an image. */
type FindingOfPackage = Omit<Finding, 'path'>;

export interface Report {
  /** By the package's reference in the document. */
  readonly findings: ReadonlyMap<string, readonly FindingOfPackage[]>;
  /** References of the packages that Trivy read. */
  readonly packages: ReadonlySet<string>;
}

/** Reads the result of `trivy sbom`. Output that does not fit the schema fails with SCAN_ERROR. */
export function parseReport(text: string): Result<Report> {
  const parsed = parseOutput(report, text, 'the output of trivy sbom does not fit its schema');
  if (!parsed.ok) return parsed;
  const results = parsed.value.Results ?? [];
  const findings = new Map<string, readonly FindingOfPackage[]>();
  for (const { Type, Vulnerabilities = [] } of results)
    for (const one of Vulnerabilities) {
      const ref = one.PkgIdentifier.BOMRef;
      findings.set(ref, [...(findings.get(ref) ?? []), toFinding(one, Type)]);
    }
  const packages = results.flatMap(({ Packages = [] }) => Packages.map((one) => one.Identifier.BOMRef));
  return ok({ findings, packages: new Set(packages) });
}

function toFinding(one: z.infer<typeof vulnerability>, kind: string): FindingOfPackage {
  return {
    id: one.VulnerabilityID,
    package: one.PkgName,
    installed: one.InstalledVersion,
    fixed: one.FixedVersion || undefined,
    severity: one.Severity,
    kind,
    title: one.Title ?? '',
    ...(one.PublishedDate && { published: one.PublishedDate }),
    ...(one.PkgIdentifier.PURL && { purl: one.PkgIdentifier.PURL }),
  };
}
