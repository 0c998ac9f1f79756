import type { RootfsLock } from './lock';

/** The differences of two locks, one a line: `amd64: + libc6 2.36-9`, `amd64: libc6 2.36-9 → 2.36-10`. */
export function describeChanges(before: RootfsLock | undefined, after: RootfsLock): string[] {
  const names = new Set([...Object.keys(before?.architectures ?? {}), ...Object.keys(after.architectures)]);
  return [...names].sort().flatMap((architecture) => {
    const old = versionsOf(before, architecture);
    const fresh = versionsOf(after, architecture);
    const all = [...new Set([...old.keys(), ...fresh.keys()])].sort();
    return all.flatMap((name) => {
      const line = describeChange(name, old.get(name), fresh.get(name));
      return line === undefined ? [] : [`${architecture}: ${line}`];
    });
  });
}

interface Version {
  readonly version: string;
  readonly digest: string;
}

function versionsOf(lock: RootfsLock | undefined, architecture: string): Map<string, Version> {
  const { packages = [], archives = [] } = lock?.architectures[architecture] ?? {};
  const rows = packages.map((one): [string, Version] => {
    const own = one.architecture === architecture || one.architecture === 'all';
    return [own ? one.name : `${one.name}:${one.architecture}`, one];
  });
  for (const { name, digest } of archives) {
    const at = name.lastIndexOf('@');
    rows.push(
      at > 0
        ? [name.slice(0, at), { version: name.slice(at + 1), digest }]
        : [name, { version: digest.slice(7, 19), digest }],
    );
  }
  return new Map(rows);
}

function describeChange(name: string, old: Version | undefined, fresh: Version | undefined) {
  if (!old) return `+ ${name} ${fresh?.version}`;
  if (!fresh) return `- ${name} ${old.version}`;
  if (old.version !== fresh.version) return `  ${name} ${old.version} → ${fresh.version}`;
  return old.digest === fresh.digest ? undefined : `  ${name} ${old.version}: other bytes`;
}
