/** Severities in ascending order. UNKNOWN is not among them: the policy treats it separately. */
export const severities = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const;

export type Severity = (typeof severities)[number] | 'UNKNOWN';

/** A severity outside of the list ranks highest. */
export function rankSeverity(severity: Severity): number {
  const at = severities.indexOf(severity as never);
  return at < 0 ? severities.length : at;
}
