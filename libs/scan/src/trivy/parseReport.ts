import { failed, ok, type Result, scanFailure } from '@prism-build/errors';
import { type Finding, severities } from '@prism-build/policy';
import * as z from 'zod';

const vulnerability = z.looseObject({
  VulnerabilityID: z.string().min(1),
  PkgName: z.string().min(1),
  InstalledVersion: z.string(),
  FixedVersion: z.string().optional(),
  Severity: z.enum([...severities, 'UNKNOWN']).default('UNKNOWN'),
  PkgPath: z.string().optional(),
  Title: z.string().optional(),
  PublishedDate: z.iso.datetime({ offset: true }).optional().catch(undefined),
  PkgIdentifier: z.looseObject({ PURL: z.string().optional() }).optional(),
});

/** Trivy's JSON, SchemaVersion 2. `Results` is absent if there are no packages. */
const report = z.looseObject({
  SchemaVersion: z.literal(2),
  ArtifactType: z.literal('cyclonedx'),
  Results: z
    .array(
      z.looseObject({
        Target: z.string(),
        Class: z.string(),
        Type: z.string(),
        Packages: z.array(z.looseObject({ Name: z.string() })).optional(),
        Vulnerabilities: z.array(vulnerability).optional(),
      }),
    )
    .optional(),
});

export interface Report {
  readonly findings: readonly Finding[];
  /** Packages that Trivy parsed from the inventory. */
  readonly packages: number;
}

/** Reads the result of `trivy sbom`. Output that does not fit the schema fails with SCAN_ERROR. */
export function parseReport(text: string): Result<Report> {
  const failure = (why: string) =>
    failed(scanFailure('SCAN_ERROR', { what: 'the output of trivy sbom does not fit its schema', why }));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return failure((error as Error).message);
  }
  const parsed = report.safeParse(value);
  if (!parsed.success) return failure(z.prettifyError(parsed.error));
  const results = parsed.data.Results ?? [];
  const findings = results.flatMap(({ Type, Target, Vulnerabilities = [] }) =>
    Vulnerabilities.map(
      (one): Finding => ({
        id: one.VulnerabilityID,
        package: one.PkgName,
        installed: one.InstalledVersion,
        fixed: one.FixedVersion || undefined,
        severity: one.Severity,
        kind: Type,
        path: one.PkgPath || Target || Type,
        title: one.Title ?? '',
        ...(one.PublishedDate && { published: one.PublishedDate }),
        ...(one.PkgIdentifier?.PURL && { purl: one.PkgIdentifier.PURL }),
      }),
    ),
  );
  return ok({ findings, packages: results.reduce((sum, { Packages = [] }) => sum + Packages.length, 0) });
}
