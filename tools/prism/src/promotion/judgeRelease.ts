import type { ExecutorContext } from '@nx/devkit';
import type { Cosign, PublicKey } from '@prism-build/attestation';
import { all, type Failure, failed, ok, promoteFailure, pushFailure, type Result } from '@prism-build/errors';
import { platformName } from '@prism-build/oci';
import {
  type Destination,
  formatReference,
  type InspectedImage,
  isMissing,
  readManifest,
  signatureTag,
} from '@prism-build/registry';
import { targetName } from '@prism-build/workspace';
import { options as scanOptions } from '../executors/scan/options';
import { type ScanShared, scanStep } from '../executors/scan/scanStep';
import { parseOptions } from '../nx/parseOptions';
import type { OpenedSide } from './withSides';

/** An image of a registry that a tag should name, and what it is judged with. */
export interface Release {
  readonly project: string;
  readonly variant: string | undefined;
  readonly image: InspectedImage;
  readonly from: OpenedSide;
  readonly to: Destination;
  /** The platforms that it must have. */
  readonly platforms: readonly string[];
  /** The key that must have signed it; undefined if none is configured. */
  readonly key: PublicKey | undefined;
  /** Whether it is signed for the place that it goes to. */
  readonly signs: boolean;
  readonly cosign: Cosign | undefined;
  readonly context: ExecutorContext;
  readonly shared: ScanShared;
}

/** Why a tag must not name an image: what the scan says now, which may be overruled, and the rest, which may not. */
export interface Judged {
  readonly scan: readonly Failure[];
  readonly others: readonly Failure[];
}

/** Judges an image at the current time. A failure means that the registry could not be asked. */
export async function judgeRelease(release: Release): Promise<Result<Judged>> {
  const { image, platforms } = release;
  const there = image.platforms.map(({ platform }) => platformName(platform));
  const missing = platforms
    .filter((platform) => !there.includes(platform))
    .map((platform) => {
      const what = `${formatReference(image.reference)} has no image for ${platform}, which its build-image target names`;
      return pushFailure('PUSH_PLATFORM_MISSING', { what });
    });
  const signatures = await checkSignatures(release);
  if (!signatures.ok) return signatures;
  return ok({ scan: await scan(release), others: [...missing, ...signatures.value] });
}

/** Scans with the options of the scan target of the image, so that there is one place for them. */
async function scan({
  project,
  variant,
  image,
  from,
  context,
  shared,
}: Release): Promise<readonly Failure[]> {
  const name = targetName('scan', variant);
  const target = context.projectsConfigurations?.projects[project]?.targets?.[name];
  const reference = formatReference(image.reference);
  const set = { ...target?.options, image: reference, json: false, dryRun: false };
  const options = parseOptions(scanOptions, set, `${project}:${name}`);
  if (!options.ok) return options.failures;
  const { tools, connection } = from;
  const registry = {
    run: (command: Parameters<typeof tools.run>[0]) => tools.run({ ...command, env: tools.env! }),
    connection,
  };
  const scanned = await scanStep(project, options.value, context, { ...shared, registry });
  if (!scanned.ok) return scanned.failures;
  if (scanned.value.allowed) return [];
  return [pushFailure('PUSH_BLOCKED', { what: `the scan blocks ${reference}`, why: scanned.value.text })];
}

/** Every manifest has to be signed for the repository that it is in, because podman verifies that of a platform. */
async function checkSignatures({ image, from, to, key, signs, cosign }: Release): Promise<Result<Failure[]>> {
  const digests = [
    ...new Set([image.index.digest, ...image.platforms.map(({ manifest }) => manifest.digest)]),
  ];
  const here = `${from.place.registry}/${from.place.repository}`;
  if (key && cosign) {
    const read = all(
      await Promise.all(digests.map((digest) => cosign.readSignatures({ ...from.place, digest }, key))),
    );
    if (!read.ok) return read;
    const unsigned = digests.filter(
      (digest, at) => !read.value[at]!.some((claim) => claim.digest === digest && claim.repository === here),
    );
    return ok(
      unsigned.map((digest) => {
        const what = `${formatReference({ ...from.place, digest })} is not signed by the key ${key.id}`;
        return promoteFailure('PROMOTE_UNSIGNED', { what });
      }),
    );
  }
  if (signs || `${to.registry}/${to.repository}` === here) return ok([]);
  const tag = signatureTag(image.index.digest);
  const signed = await readManifest(from.tools, { ...from.place, tag });
  if (!signed.ok) return isMissing(signed) ? ok([]) : failed(...signed.failures);
  const what = `${formatReference(image.reference)} is signed, and no key signs it for ${to.registry}/${to.repository}`;
  return ok([promoteFailure('PROMOTE_KEY_MISSING', { what })]);
}
