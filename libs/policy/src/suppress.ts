import type { Finding } from './assessment';
import type { Suppression } from './scanPolicy';

/** Whether a suppression covers a finding in an image. Its expiry is judged by `hasExpired`. */
export function covers(
  one: Suppression,
  finding: Pick<Finding, 'id' | 'package' | 'path'>,
  digest: string,
): boolean {
  return (
    one.id === finding.id &&
    (one.package === undefined || one.package === finding.package) &&
    (one.path === undefined || one.path === finding.path) &&
    (one.digest === undefined || one.digest === digest)
  );
}

/** A suppression applies to the end of its last day in UTC. `now`: milliseconds since 1970. */
export function hasExpired({ expires }: Suppression, now: number): boolean {
  return !(now < Date.parse(`${expires}T00:00:00Z`) + 24 * 3600 * 1000);
}
