import { resolvePolicy, type ScanPolicy } from '../src';

/** A whole policy of some fields, as a file has them. */
export function resolve(fields: object): ScanPolicy {
  const resolved = resolvePolicy([{ file: 'scan-policy.json', text: JSON.stringify(fields) }]);
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.failures));
  return resolved.value.policy;
}
