import type { ExecutorContext } from '@nx/devkit';
import { all, failed, ok, type Result } from '@prism-build/errors';
import { gatherBlobs, listAllBlobs, type Programs, readPrograms } from '@prism-build/oci';
import { judgePush, type ScanVerdict } from '@prism-build/registry';
import { imageKey, targetName } from '@prism-build/workspace';
import { openSiblings } from '../../nx/openSiblings';
import { parseOptions } from '../../nx/parseOptions';
import type { VerifiedImage } from '../../nx/readVerifiedImage';
import { listExcesses } from '../bench/listExcesses';
import { options as scanOptions } from '../scan/options';
import { type ScanShared, scanStep } from '../scan/scanStep';
import { readBases } from './readBases';

/** What the gate judges besides the image itself. */
interface GateInput {
  readonly project: string;
  readonly variant: string | undefined;
  readonly context: ExecutorContext;
  readonly shared: ScanShared;
  /** The changes of the work tree; undefined if the configuration allows them. */
  readonly changes: string | undefined;
  /** The file with revoked bases that the options name. */
  readonly revoked: string | undefined;
}

/** Decides at the current time whether an image may be pushed. Failures: all reasons why not. */
export async function passGate(verified: VerifiedImage, input: GateInput): Promise<Result<void>> {
  const { project, variant, context } = input;
  const declared = openSiblings(context).optionsOf(project, variant);
  if (!declared.ok) return declared;
  const bases = readBases(project, input.revoked, context);
  if (!bases.ok) return bases;
  const scan = await scanNow(input);
  const programs = await readAllPrograms(verified);
  if (!programs.ok) return programs;
  const excesses = await listExcesses(project, variant, verified.image, context);
  if (!excesses.ok) return excesses;
  const reasons = judgePush({
    name: imageKey(project, variant),
    image: verified.image,
    platforms: declared.value.platforms,
    programs: programs.value,
    scan,
    excesses: excesses.value,
    changes: input.changes,
    ...bases.value,
  });
  return reasons.length > 0 ? failed(...reasons) : ok(undefined);
}

/** Scans with the options of the scan target of the image, so that there is one place for them. */
async function scanNow({ project, variant, context, shared }: GateInput): Promise<ScanVerdict> {
  const name = targetName('scan', variant);
  const target = context.projectsConfigurations?.projects[project]?.targets?.[name];
  const set = { ...target?.options, variant, json: false, dryRun: false };
  const options = parseOptions(scanOptions, set, `${project}:${name}`);
  if (!options.ok) return options;
  const scanned = await scanStep(project, options.value, context, shared);
  if (!scanned.ok) return scanned;
  const { allowed, text, digest } = scanned.value;
  return { ok: true, allowed, text, digest };
}

async function readAllPrograms({
  image,
  directory,
  store,
  fetchBases,
}: VerifiedImage): Promise<Result<Programs[]>> {
  const layers = image.platforms.map((platform) => platform.layers);
  const fetched = await fetchBases(layers.flat());
  if (!fetched.ok) return fetched;
  const gathered = await gatherBlobs({ store, imageDirs: [directory] }, listAllBlobs(image));
  if (!gathered.ok) return gathered;
  return all(await Promise.all(layers.map((one) => readPrograms(store, one))));
}
