import { type Finding, type Reachability, severities } from '@prism-build/policy';

/** What a scanner found. */
export interface FoundBy {
  readonly scanner: string;
  readonly findings: readonly Finding[];
}

/**
 * The findings of two scanners: every one of the first, with what the second adds to it, then those that only the second has. Two
 * are the same if they are in the same package at the same path and share a name, directly or by an alias of a third. The first
 * one's severity counts.
 *
 * @param covers whether the second scanner looks at findings of this kind
 */
export function mergeFindings(first: FoundBy, second: FoundBy, covers: (one: Finding) => boolean): Finding[] {
  const used = new Set<Finding>();
  const merged = first.findings.map((one) => {
    if (!covers(one)) return one;
    const same = findSame(one, second.findings);
    for (const other of same) used.add(other);
    const names = [one, ...same].flatMap(namesOf);
    const aliases = [...new Set(names)].filter((name) => name !== one.id);
    const silent: Reachability = { state: 'unknown', why: `${second.scanner} does not report it` };
    return {
      ...one,
      ...(aliases.length > 0 && { aliases }),
      fixed: one.fixed ?? same.find(({ fixed }) => fixed !== undefined)?.fixed,
      scanners: same.length > 0 ? [first.scanner, second.scanner] : [first.scanner],
      reachability: same.length > 0 ? joinReachability(same) : silent,
    };
  });
  const alone = second.findings
    .filter((one) => !used.has(one))
    .map((one) => ({
      ...one,
      severity: one.severity === 'UNKNOWN' ? findSeverity(one, first.findings) : one.severity,
      scanners: [second.scanner],
    }));
  return [...merged, ...alone];
}

/** The worst that another scanner says about the same vulnerability of the same package, wherever the image has it. */
function findSeverity(one: Finding, others: readonly Finding[]): Finding['severity'] {
  const names = namesOf(one);
  const known = others
    .filter((other) => other.package === one.package && namesOf(other).some((name) => names.includes(name)))
    .map(({ severity }) => severity);
  return severities.findLast((severity) => known.includes(severity)) ?? 'UNKNOWN';
}

function namesOf({ id, aliases = [] }: Finding): string[] {
  return [id, ...aliases];
}

function findSame(one: Finding, others: readonly Finding[]): readonly Finding[] {
  const names = new Set(namesOf(one));
  const there = others.filter((other) => other.package === one.package && other.path === one.path);
  const same = new Set<Finding>();
  for (let before = -1; before < same.size; ) {
    before = same.size;
    for (const other of there.filter((found) => namesOf(found).some((name) => names.has(name)))) {
      same.add(other);
      for (const name of namesOf(other)) names.add(name);
    }
  }
  return [...same];
}

/** Of several advisories about one vulnerability the worst counts: not called only if none is called. */
function joinReachability(findings: readonly Finding[]): Reachability {
  const all = findings.flatMap(({ reachability }) => reachability ?? []);
  const symbols = all.flatMap((one) => (one.state === 'called' ? one.symbols : []));
  if (symbols.length > 0) return { state: 'called', symbols: [...new Set(symbols)].sort() };
  const unknown = all.find(({ state }) => state === 'unknown');
  return unknown ?? all[0] ?? { state: 'unknown', why: 'the scanner does not say' };
}
