import { all, failed, ok, type Result, scanFailure } from '@prism-build/errors';
import { checkValue, type Located, type Path } from '../documents/located';
import { readJson } from '../documents/readJson';
import type { Suppression } from '../suppressions/suppression';
import { defaultPolicy, type PolicyFields, policyFields, type ScanPolicy } from './scanPolicy';

/** A file that may have a policy: all of it, or the value under a path such as `scan-policy` of nx.json. */
export interface PolicySource {
  readonly file: string;
  readonly text: string;
  readonly under?: readonly string[];
}

export interface ResolvedPolicy {
  readonly policy: ScanPolicy;
  /** Where the value of each field comes from: `file:line`, or `default`. `licenses.allow` is one field. */
  readonly origins: Readonly<Record<string, string>>;
}

/** Fields whose parts are inherited one by one. */
const nested = ['licenses', 'graceDays'] as const;

/**
 * The policy of a project. Sources come from the farthest to the nearest; a field counts from the nearest source that has
 * it, a list as a whole. Failures: SCAN_POLICY_INVALID, one for each violation of every source.
 */
export function resolvePolicy(sources: readonly PolicySource[]): Result<ResolvedPolicy> {
  const read = all(sources.map(readSource));
  if (!read.ok) return failed(...read.failures);
  const parts = read.value.flatMap((one) => (one ? [one] : []));
  const policy: ScanPolicy = Object.assign({}, defaultPolicy, ...parts.map(({ fields }) => fields), {
    licenses: Object.assign({}, ...parts.map(({ fields }) => fields.licenses)),
    graceDays: Object.assign({}, ...parts.map(({ fields }) => fields.graceDays)),
    suppressions: parts.findLast((one) => one.suppressions)?.suppressions ?? [],
  });
  const origins = Object.assign(
    Object.fromEntries(Object.keys(defaultPolicy).map((name) => [name, 'default'])),
    ...parts.map(({ origins }) => origins),
  ) as Record<string, string>;
  for (const name of nested)
    if (Object.keys(origins).some((one) => one.startsWith(`${name}.`))) delete origins[name];
  return checkEffect({ policy, origins });
}

/** A policy may not count on reachability that no scanner finds out. */
function checkEffect(resolved: ResolvedPolicy): Result<ResolvedPolicy> {
  const { policy, origins } = resolved;
  if (policy.unreachable === 'block' || policy.govulncheck !== false) return ok(resolved);
  const [, file = '', line = ''] = /^(.*):(\d+)$/.exec(origins.unreachable ?? '') ?? [];
  return failed(
    scanFailure('SCAN_POLICY_INVALID', {
      what: 'unreachable: "warn" has no effect, because only govulncheck finds out what is called',
      remedy: 'Add "govulncheck": {"database": "<directory>"}, or remove "unreachable".',
      at: { file, line: Number(line) },
    }),
  );
}

interface Part {
  readonly fields: Omit<PolicyFields, 'suppressions' | '$schema'>;
  readonly suppressions: readonly Suppression[] | undefined;
  readonly origins: Readonly<Record<string, string>>;
}

function readSource({ file, text, under = [] }: PolicySource): Result<Part | undefined> {
  const located = readJson(text, file);
  if (!located.ok) return located;
  const whole = under.reduce<unknown>(
    (one, key) =>
      typeof one === 'object' && one !== null ? (one as Record<string, unknown>)[key] : undefined,
    located.value.value,
  );
  if (under.length > 0 && whole === undefined) return ok(undefined);
  const parsed = checkValue(located.value, policyFields, under);
  if (!parsed.ok) return parsed;
  const { suppressions, $schema: _, ...fields } = parsed.value;
  return ok({
    fields,
    suppressions: suppressions && listSuppressions(suppressions, located.value, under),
    origins: Object.fromEntries(
      listFields(parsed.value).map((path) => [
        path.join('.'),
        `${file}:${located.value.lineOf([...under, ...path])}`,
      ]),
    ),
  });
}

function listFields({ $schema: _, ...fields }: PolicyFields): (readonly string[])[] {
  return Object.entries(fields).flatMap(([name, value]) =>
    nested.includes(name as never) ? Object.keys(value as object).map((part) => [name, part]) : [[name]],
  );
}

/** The last day counts to its end in UTC. */
function listSuppressions(
  list: NonNullable<PolicyFields['suppressions']>,
  { file, lineOf }: Located,
  under: Path,
): Suppression[] {
  return list.map(({ id, expires, ...rest }, index) => ({
    ...rest,
    ids: [id],
    until: Date.parse(`${expires}T00:00:00Z`) + 24 * 3600 * 1000,
    at: { file, line: lineOf([...under, 'suppressions', index]) },
  }));
}
