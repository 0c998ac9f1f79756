import type { ExecutorContext } from '@nx/devkit';
import { builderOf, makeProvenance } from '@prism-build/attestation';
import { findRuns } from '@prism-build/builder';
import { ok, type Result } from '@prism-build/errors';
import { type DigestJson, digestOf, platformName } from '@prism-build/oci';
import { lockFileNames } from '@prism-build/policy';
import { parseImagesLock } from '@prism-build/registry';
import { executorIdentity } from '@prism-build/workspace';
import { openSiblings } from '../nx/openSiblings';
import { readLocks } from '../scanning/readLocks';
import { readGit } from './readGit';

/** What provenance says besides the image itself. */
interface About {
  readonly project: string;
  readonly variant: string | undefined;
  readonly builderId: string | undefined;
  readonly context: ExecutorContext;
}

/** The provenance of a project's image: where its sources are, and what they and its bases were. */
export async function gatherProvenance(
  image: DigestJson,
  { project, variant, builderId, context }: About,
): Promise<Result<ReturnType<typeof makeProvenance>>> {
  const siblings = openSiblings(context);
  const options = siblings.optionsOf(project, variant);
  if (!options.ok) return options;
  const runs = findRuns(context.root, project, options.value, siblings);
  if (!runs.ok) return runs;
  const locks = readLocks(project, context, [...lockFileNames, 'pin.json']);
  const builder = builderOf(process.env);
  return ok(
    makeProvenance({
      ...{ project, variant, containerfile: options.value.containerfile },
      platforms: image.platforms.map(({ platform }) => platformName(platform)),
      source: await readGit(context.root),
      bases: [
        ...new Map(locks.filter(({ file }) => file.endsWith('images.lock.json')).flatMap(listLockedImages)),
      ].map(([name, digest]) => ({ name, digest })),
      files: locks
        .map(({ file, text }) => ({ path: file, digest: digestOf(Buffer.from(text)) }))
        .sort((a, b) => (a.path < b.path ? -1 : 1)),
      runs: runs.value.length > 0,
      builder: builderId ?? builder.id,
      tool: executorIdentity(),
      run: builder.run,
    }),
  );
}

function listLockedImages({ file, text }: { readonly file: string; readonly text: string }) {
  const lock = parseImagesLock(text, file);
  if (!lock.ok) return [];
  return Object.entries(lock.value.images).map(([name, { digest }]) => [name, digest] as const);
}
