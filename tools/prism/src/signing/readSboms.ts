import type { ExecutorContext } from '@nx/devkit';
import { ok, type Result } from '@prism-build/errors';
import { renameBom } from '@prism-build/scan';
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
  const name = imageKey(project, variant);
  return ok(
    new Map(
      opened.value.inventories.map(({ image, bytes }) => [
        image.manifest.digest,
        JSON.parse(renameBom(Buffer.from(bytes).toString(), name)) as unknown,
      ]),
    ),
  );
}
