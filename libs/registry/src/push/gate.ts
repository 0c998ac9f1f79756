import { type Failure, pushFailure } from '@prism-build/errors';
import { type DigestJson, type Programs, platformName } from '@prism-build/oci';
import { checkPrograms } from './checkPrograms';
import { type Base, checkBases, type Revoked } from './revoked';

/** Everything that the gate judges, gathered at the time of the push. */
export interface GateFacts {
  readonly name: string;
  readonly image: DigestJson;
  /** The platforms that the build-image target names. */
  readonly platforms: readonly string[];
  /** The programs of each platform, in the order of `image.platforms`. */
  readonly programs: readonly Programs[];
  readonly scan: ScanVerdict;
  /** The budgets of size that the image exceeds. */
  readonly excesses: readonly Failure[];
  /** The changes of the work tree, one a line; undefined if the configuration allows them. */
  readonly changes: string | undefined;
  /** The images that it may be built from. */
  readonly bases: readonly Base[];
  readonly revoked: Revoked;
}

/** The decision of the scan that ran just now; failures if it could not decide. */
export type ScanVerdict =
  | {
      readonly ok: true;
      readonly allowed: boolean;
      /** The image that was judged. */
      readonly digest: string | undefined;
      readonly text: string;
    }
  | { readonly ok: false; readonly failures: readonly Failure[] };

/** A reason not to push is a failure. */
const checks: readonly ((facts: GateFacts) => readonly Failure[])[] = [
  checkPlatforms,
  ({ name, image, programs }) =>
    image.platforms.flatMap((platform, at) => checkPrograms(name, platform, programs[at]!)),
  ({ name, image, bases, revoked }) => checkBases(name, image, bases, revoked),
  checkScan,
  ({ excesses }) => excesses,
  checkChanges,
];

/** All reasons why an image must not be pushed; empty if it may. */
export function judgePush(facts: GateFacts): Failure[] {
  return checks.flatMap((check) => check(facts));
}

function checkPlatforms({ name, image, platforms }: GateFacts): Failure[] {
  const there = image.platforms.map(({ platform }) => platformName(platform));
  return platforms
    .filter((platform) => !there.includes(platform))
    .map((platform) => {
      const what = `${name} has no image for ${platform}, which its build-image target names`;
      return pushFailure('PUSH_PLATFORM_MISSING', { what });
    });
}

function checkScan({ name, image, scan }: GateFacts): readonly Failure[] {
  if (!scan.ok) return scan.failures;
  const { digest } = image.index;
  if (scan.digest !== digest) {
    const what = `${name} was scanned as ${scan.digest} and is now ${digest}`;
    return [pushFailure('PUSH_IMAGE_CHANGED', { what })];
  }
  if (scan.allowed) return [];
  return [pushFailure('PUSH_BLOCKED', { what: `the scan blocks ${name} at ${digest}`, why: scan.text })];
}

function checkChanges({ changes }: GateFacts): Failure[] {
  if (!changes) return [];
  const what = 'the work tree has changes that are not committed';
  return [pushFailure('PUSH_TREE_DIRTY', { what, why: changes })];
}
