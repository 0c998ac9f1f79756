import { fileURLToPath } from 'node:url';
import { compileFailure, failed, ok, type Result } from '@prism-build/errors';
import * as z from 'zod';

/** The names of the lock and of its source in a project's directory. */
export const wheelsLockFile = 'requirements.lock';
export const requirementsFile = 'requirements.in';

/** The parts of pip's installation report (`pip install --report`, version 1) that a lock needs. */
const report = z.object({
  version: z.literal('1'),
  install: z.array(
    z.object({
      metadata: z.object({ name: z.string(), version: z.string() }),
      download_info: z.union([
        z.object({
          archive_info: z.object({ hashes: z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }) }),
        }),
        // For wheels in a directory (--find-links), pip reports no hash.
        z.object({ archive_info: z.object({}), url: z.string().startsWith('file:') }),
      ]),
    }),
  ),
});

/** A distribution with the SHA-256 of its wheel for each platform. */
export interface LockedWheel {
  readonly name: string;
  readonly version: string;
  readonly hashes: readonly string[];
  /** The marker (PEP 508) of the platforms that need it; absent if all do. */
  readonly marker?: string;
}

/** The distributions that pip would install for a platform, whose machine is that of markers. */
export interface ResolvedWheels {
  readonly machine: string;
  readonly wheels: readonly LockedWheel[];
}

/** Parses a report. `hashOf` returns the SHA-256 of a file. Failure: WHEELS_UNRESOLVED. */
export function parseReport(
  text: string,
  platform: string,
  hashOf: (path: string) => string,
): Result<LockedWheel[]> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const parsed = report.safeParse(value);
  if (!parsed.success) {
    const what = `pip gave no report for ${platform}`;
    return failed(compileFailure('WHEELS_UNRESOLVED', { what, why: z.prettifyError(parsed.error) }));
  }
  return ok(
    parsed.data.install.map(({ metadata, download_info }) => ({
      name: metadata.name.replaceAll(/[-_.]+/g, '-').toLowerCase(),
      version: metadata.version,
      hashes: [
        'url' in download_info
          ? hashOf(fileURLToPath(download_info.url))
          : download_info.archive_info.hashes.sha256,
      ],
    })),
  );
}

/**
 * One list for all platforms; distributions of some platforms get a marker. Failure: WHEELS_UNRESOLVED, if platforms have
 * different versions.
 */
export function mergeWheels(platforms: readonly ResolvedWheels[]): Result<LockedWheel[]> {
  const names = [...new Set(platforms.flatMap(({ wheels }) => wheels.map(({ name }) => name)))].sort();
  const merged = names.map((name) => {
    const found = platforms.flatMap(({ machine, wheels }) =>
      wheels.filter((wheel) => wheel.name === name).map((wheel) => ({ machine, ...wheel })),
    );
    const versions = [...new Set(found.map(({ version }) => version))];
    const hashes = [...new Set(found.flatMap((wheel) => wheel.hashes))].sort();
    const machines = [...new Set(found.map(({ machine }) => machine))].sort();
    const marker = machines.map((machine) => `platform_machine == "${machine}"`).join(' or ');
    return { name, versions, hashes, ...(found.length < platforms.length && { marker }) };
  });
  const differing = merged.filter(({ versions }) => versions.length > 1);
  if (differing.length === 0)
    return ok(merged.map(({ versions, ...wheel }) => ({ ...wheel, version: versions[0]! })));
  const why = differing.map(({ name, versions }) => `${name}: ${versions.join(', ')}`).join('\n');
  const what = 'the platforms do not have the same wheels';
  return failed(compileFailure('WHEELS_UNRESOLVED', { what, why }));
}

/** The lock in pip's format (requirements with --hash), so that `pip install --require-hashes -r` accepts it. */
export function encodeWheelsLock(wheels: readonly LockedWheel[]): string {
  const entries = wheels.map(({ name, version, hashes, marker }) =>
    [
      `${name}==${version}${marker === undefined ? '' : ` ; ${marker}`}`,
      ...hashes.map((hash) => `    --hash=sha256:${hash}`),
    ].join(' \\\n'),
  );
  return `# Made of ${requirementsFile} by \`nx g prism:lock\`; not edited by hand.\n${entries.join('\n')}\n`;
}

/** The differences of two locks, one a line. */
export function describeWheelChanges(before: string, after: readonly LockedWheel[]): string[] {
  const old = new Map(readWheelsLock(before).map((wheel) => [wheel.name, wheel]));
  const fresh = new Map(after.map((wheel) => [wheel.name, wheel]));
  return [...new Set([...old.keys(), ...fresh.keys()])].sort().flatMap((name) => {
    const [was, is] = [old.get(name), fresh.get(name)];
    if (!was) return [`+ ${name} ${is?.version}`];
    if (!is) return [`- ${name} ${was.version}`];
    if (was.version !== is.version) return [`  ${name} ${was.version} → ${is.version}`];
    if (was.marker !== is.marker) return [`  ${name} ${is.version}: ${is.marker ?? 'all platforms'}`];
    return was.hashes.join() === is.hashes.join() ? [] : [`  ${name} ${is.version}: other bytes`];
  });
}

/** Parses the output of `encodeWheelsLock`. */
export function readWheelsLock(text: string): LockedWheel[] {
  return [...text.matchAll(/^([\w.-]+)==(\S+)(?: ; (.*?))?((?:[ \\\n]+--hash=sha256:[0-9a-f]{64})*)$/gm)].map(
    ([, name = '', version = '', marker, hashes = '']) => ({
      name,
      version,
      hashes: (hashes.match(/[0-9a-f]{64}/g) ?? []).sort(),
      ...(marker !== undefined && { marker }),
    }),
  );
}
