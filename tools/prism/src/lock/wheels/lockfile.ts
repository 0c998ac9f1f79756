import { fileURLToPath } from 'node:url';
import { compileFailure, failed, ok, type Result } from '@prism-build/errors';
import * as z from 'zod';

/** The lock in a project's directory, and what people write. */
export const wheelsLockFile = 'requirements.lock';
export const requirementsFile = 'requirements.in';

/** What `pip install --report` says (pip's installation report, version 1), as far as a lock needs it. */
const report = z.object({
  version: z.literal('1'),
  install: z.array(
    z.object({
      metadata: z.object({ name: z.string(), version: z.string() }),
      download_info: z.union([
        z.object({
          archive_info: z.object({ hashes: z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }) }),
        }),
        // Of wheels in a directory (--find-links) pip says no hash.
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
}

/** Reads one report; `hashOf` gives the SHA-256 of a file. Failure WHEELS_UNRESOLVED for a text that is none. */
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

/** One list for all platforms. Failure WHEELS_UNRESOLVED names what has no version that all of them have. */
export function mergeWheels(platforms: readonly (readonly LockedWheel[])[]): Result<LockedWheel[]> {
  const names = [...new Set(platforms.flat().map(({ name }) => name))].sort();
  const merged = names.map((name) => {
    const found = platforms.map((wheels) => wheels.find((wheel) => wheel.name === name));
    const versions = [...new Set(found.map((wheel) => wheel?.version ?? 'none'))];
    const hashes = [...new Set(found.flatMap((wheel) => wheel?.hashes ?? []))].sort();
    return { name, versions, hashes };
  });
  const differing = merged.filter(({ versions }) => versions.length > 1);
  if (differing.length === 0)
    return ok(merged.map(({ name, versions, hashes }) => ({ name, version: versions[0]!, hashes })));
  const why = differing.map(({ name, versions }) => `${name}: ${versions.join(', ')}`).join('\n');
  const what = 'the platforms do not have the same wheels';
  return failed(compileFailure('WHEELS_UNRESOLVED', { what, why }));
}

/** The lock in pip's own format (requirements with --hash), so that `pip install --require-hashes -r` takes it too. */
export function encodeWheelsLock(wheels: readonly LockedWheel[]): string {
  const entries = wheels.map(({ name, version, hashes }) =>
    [`${name}==${version}`, ...hashes.map((hash) => `    --hash=sha256:${hash}`)].join(' \\\n'),
  );
  return `# Made of ${requirementsFile} by \`nx g prism:lock\`; not edited by hand.\n${entries.join('\n')}\n`;
}

/** What differs between two locks, a line each. */
export function describeWheelChanges(before: string, after: readonly LockedWheel[]): string[] {
  const old = new Map(readWheelsLock(before).map((wheel) => [wheel.name, wheel]));
  const fresh = new Map(after.map((wheel) => [wheel.name, wheel]));
  return [...new Set([...old.keys(), ...fresh.keys()])].sort().flatMap((name) => {
    const [was, is] = [old.get(name), fresh.get(name)];
    if (!was) return [`+ ${name} ${is?.version}`];
    if (!is) return [`- ${name} ${was.version}`];
    if (was.version !== is.version) return [`  ${name} ${was.version} → ${is.version}`];
    return was.hashes.join() === is.hashes.join() ? [] : [`  ${name} ${is.version}: other bytes`];
  });
}

/** What `encodeWheelsLock` wrote. */
export function readWheelsLock(text: string): LockedWheel[] {
  return [...text.matchAll(/^([\w.-]+)==(\S+)((?:[\s\\]+--hash=sha256:[0-9a-f]{64})*)/gm)].map(
    ([, name = '', version = '', hashes = '']) => ({
      name,
      version,
      hashes: (hashes.match(/[0-9a-f]{64}/g) ?? []).sort(),
    }),
  );
}
