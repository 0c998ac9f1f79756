import type { ExecutorContext } from '@nx/devkit';
import { all, ok, type Result } from '@prism-build/errors';
import { renameBom, takeInventory } from '@prism-build/scan';
import { imageKey, targetName } from '@prism-build/workspace';
import { type OpenScanner, openImage } from '../scanning/openImage';
import { readPolicy } from '../scanning/readPolicy';

/** The CycloneDX inventory of each platform of a project's image, by the digest of its manifest. */
export async function readSboms(
  project: string,
  variant: string | undefined,
  context: ExecutorContext,
  openScanner: OpenScanner,
): Promise<Result<ReadonlyMap<string, unknown>>> {
  const { root = '.', targets = {} } = context.projectsConfigurations?.projects[project] ?? {};
  // The scan of the gate uses the policy of this target.
  const policy = await readPolicy(context.root, root, targets[targetName('scan', variant)]?.options?.policy);
  if (!policy.ok) return policy;
  const scanner = await openScanner(context, policy.value.policy);
  if (!scanner.ok) return scanner;
  const opened = await openImage(project, variant, scanner.value, context);
  if (!opened.ok) return opened;
  const { image, input } = opened.value;
  const name = imageKey(project, variant);
  const sboms = await Promise.all(
    image.platforms.map(async (platform) => {
      const taken = await takeInventory(input, platform);
      if (!taken.ok) return taken;
      return ok([platform.manifest.digest, JSON.parse(renameBom(taken.value.bom, name)) as unknown] as const);
    }),
  );
  const read = all(sboms);
  return read.ok ? ok(new Map(read.value)) : read;
}
