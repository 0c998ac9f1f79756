import type { FindingChange, ReportFinding, ScanReport } from './schema';

/**
 * A report with its difference to an earlier one of the same image: findings by advisory, package and path, without
 * regard to the platform. The verdict is about all findings and stays the same.
 */
export function compareReports(report: ScanReport, earlier: ScanReport): ScanReport {
  const { time, digest } = earlier;
  return {
    ...report,
    since: {
      time,
      ...(digest !== undefined && { digest }),
      added: without(report.findings, earlier.findings),
      gone: without(earlier.findings, report.findings),
    },
  };
}

function without(from: readonly ReportFinding[], known: readonly ReportFinding[]): FindingChange[] {
  const keys = new Set(known.map(changeKey));
  const list = from
    .filter((one) => !keys.has(changeKey(one)))
    .map(({ id, package: name, installed, severity, path }) => ({
      id,
      package: name,
      installed,
      severity,
      path,
    }));
  return [...new Map(list.map((one) => [changeKey(one), one])).values()];
}

/** Paths of Python distributions have the version in them. */
export function changeKey({ id, package: name, path, installed }: Omit<FindingChange, 'severity'>): string {
  return JSON.stringify([id, name, path.replaceAll(installed, '')]);
}
