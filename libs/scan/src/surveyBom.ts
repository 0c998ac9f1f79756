import { ok, type Result } from '@prism-build/errors';
import { canaryOf, canaryOfSystem, isOfSystem } from './canaries';
import { type Contents, parseBom, readContents } from './cycloneDx';
import { describeUnlisted, readUnlisted } from './explain/unlistedInBom';
import type { Survey } from './scanner';

/** What an inventory in CycloneDX covers: a canary for each kind of package and each release of an operating system in it. */
export function surveyBom(inventory: Uint8Array): Result<Survey> {
  const bom = parseBom(Buffer.from(inventory).toString(), 'the inventory');
  if (!bom.ok) return bom;
  const contents = readContents(bom.value);
  const unlisted = describeUnlisted(readUnlisted(bom.value));
  if (contents.packages === 0) return ok({ packages: 0, canaries: [], gaps: unlisted });
  const { canaries, gaps } = listCanaries(contents);
  return ok({ packages: contents.packages, canaries, gaps: [...unlisted, ...gaps] });
}

/** The canaries for an inventory, and the kinds without a canary. */
function listCanaries({ ecosystems, systems }: Contents): Pick<Survey, 'canaries' | 'gaps'> {
  const libraries = ecosystems.filter((one) => !isOfSystem(one));
  const withoutRelease = ecosystems.some(isOfSystem) && systems.length === 0;
  return {
    canaries: [
      ...libraries.flatMap((one) => canaryOf(one) ?? []),
      ...systems.map(({ family, release }) => canaryOfSystem(family, release)),
    ],
    gaps: [
      ...libraries
        .filter((one) => !canaryOf(one))
        .map((one) => `no canary tests whether the database has ${one} advisories`),
      ...(withoutRelease
        ? ['the image has packages of an operating system but does not say its release']
        : []),
    ],
  };
}
