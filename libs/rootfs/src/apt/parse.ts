import { type Digest, isDigest } from '@prism-build/oci';
import { parseParagraphs } from '../deb/control';
import type { LockedPackage } from '../lock';

/** The packages that apt would install: lines `Inst name[:architecture] (version … [architecture])` of a simulation. */
export function parseSimulation(text: string): { name: string; version: string; architecture: string }[] {
  return text.split('\n').flatMap((line) => {
    const match = /^Inst (\S+?)(?::[a-z0-9-]+)? (?:\[\S+\] )?\((\S+) .*\[([a-z0-9-]+)\]\)/.exec(line);
    return match ? [{ name: match[1]!, version: match[2]!, architecture: match[3]! }] : [];
  });
}

/** The packages in the output of `apt-cache show`, in the form of a lock; skips those without a SHA-256. */
export function parseRecords(text: string): LockedPackage[] {
  const found = parseParagraphs(text).flatMap((fields): LockedPackage[] => {
    const digest = `sha256:${fields.get('SHA256')}`;
    const [name, architecture, version] = ['Package', 'Architecture', 'Version'].map((key) =>
      fields.get(key),
    );
    const path = fields.get('Filename')?.replace(/^\.\//, '');
    if (!name || !architecture || !version || !path || !isDigest(digest)) return [];
    return [
      { name, architecture, version, path, size: Number(fields.get('Size')), digest: digest as Digest },
    ];
  });
  return [...new Map(found.map((one) => [`${one.name}:${one.architecture}=${one.version}`, one])).values()];
}

/**
 * A dpkg status in which these packages are installed, made from their `apt-cache show`: they satisfy dependencies and have
 * none. They are on hold, because apt would otherwise upgrade all packages of one source together.
 */
export function pretendInstalled(records: string): string {
  const kept = ['Package', 'Architecture', 'Version', 'Multi-Arch', 'Provides', 'Source'];
  const seen = new Set<string>();
  return parseParagraphs(records)
    .filter((fields) => {
      const name = `${fields.get('Package')}:${fields.get('Architecture')}`;
      return !seen.has(name) && seen.add(name);
    })
    .map((fields) => {
      const lines = kept.flatMap((key) => (fields.has(key) ? [`${key}: ${fields.get(key)}`] : []));
      const rest = ['Status: hold ok installed', 'Maintainer: prism', 'Description: counts as present'];
      return `${[...lines, ...rest].join('\n')}\n`;
    })
    .join('\n');
}
