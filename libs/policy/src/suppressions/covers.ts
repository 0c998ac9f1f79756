import picomatch from 'picomatch';
import { matchesPurl } from './purl';
import type { Suppression } from './suppression';

/** What may be suppressed: a finding, or a violated rule. */
export interface Suppressible {
  /** An advisory; or the name of a rule, and the more exact name of what breaks it. */
  readonly ids: readonly string[];
  readonly package?: string | undefined;
  readonly path?: string | undefined;
  readonly purl?: string | undefined;
}

/** Whether a suppression covers something in an image with these digests. Its end is judged by `hasExpired`. */
export function covers(
  one: Suppression,
  { ids, ...found }: Suppressible,
  digests: readonly string[],
): boolean {
  return (
    one.ids.some((id) => ids.includes(id)) &&
    (one.package === undefined || one.package === found.package) &&
    (one.path === undefined || matchesPath(one.path, found.path)) &&
    (one.purl === undefined || matchesPurl(one.purl, found.purl)) &&
    (one.digest === undefined || digests.includes(one.digest))
  );
}

/** A path without its leading slash, as such or as a pattern. */
function matchesPath(pattern: string, path: string | undefined): boolean {
  if (path === undefined) return false;
  const [wanted, found] = [pattern, path].map((one) => one.replace(/^\/+/, '')) as [string, string];
  return wanted === found || picomatch.isMatch(found, wanted, { dot: true });
}

/** `now`: milliseconds since 1970. Written so that NaN counts as expired. */
export function hasExpired({ until }: Suppression, now: number): boolean {
  return until !== undefined && !(now < until);
}
