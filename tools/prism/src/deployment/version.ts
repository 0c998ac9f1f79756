import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { podmanPods } from '@prism-build/engine';
import { deployFailure, failed, ok, type Result } from '@prism-build/errors';
import { attempt, readTextIfThere, writeFileAtomic } from '@prism-build/shell';
import {
  asDeployed,
  encodeRelease,
  keptName,
  parseRelease,
  readStack,
  releaseDigest,
  releaseLabel,
  releaseTag,
  type Stack,
} from '@prism-build/stack';
import type { StackProject } from '../stack/openStack';
import { queryPodman } from '../stack/queryPodman';
import type { ResolvedImage } from '../stack/resolveImages';

/** What a deployment starts: a stack, and images by the names under which Podman keeps them. */
export interface Version {
  /** Of its release. */
  readonly digest: string;
  readonly encoded: string;
  readonly stack: Stack;
  readonly images: readonly ResolvedImage[];
}

/** The version of a stack.yaml and images that Podman has. */
export async function planVersion(
  project: StackProject,
  { text, stack }: { readonly text: string; readonly stack: Stack },
  resolved: readonly ResolvedImage[],
): Promise<Result<Version>> {
  const { file, owner } = project;
  const images: ResolvedImage[] = [];
  for (const image of resolved) {
    // The ID of an image of a registry is the digest of its config, too.
    const seen = await queryPodman(project, podmanPods.inspectImage(image.name));
    if (!seen.ok) return seen;
    const config = `sha256:${seen.value.trim().split(' ')[0]!.replace('sha256:', '')}`;
    images.push({ ...image, config, name: keptName(image.reference, image.digest, owner) });
  }
  const encoded = encodeRelease({
    ...{ file, text },
    images: images.map((one) => ({ ...one, config: one.config! })),
  });
  const digest = releaseDigest(encoded);
  return ok({ digest, encoded, stack: labelled(stack, digest), images });
}

export function saveVersion(project: StackProject, { digest, encoded }: Version): Promise<Result<void>> {
  const file = fileOf(project, digest);
  return attempt(`cannot write ${file}`, () => writeFileAtomic(file, encoded));
}

/** Failures: DEPLOY_RELEASE_MISSING, and those of reading the stack. */
export function readVersion(project: StackProject, deployment: number, digest: string): Result<Version> {
  const encoded = readTextIfThere(fileOf(project, digest));
  const release = encoded === undefined ? undefined : parseRelease(encoded, digest);
  if (encoded === undefined || !release) {
    const lost = encoded === undefined ? 'has no file any more' : 'has a file that was changed';
    const what = `deployment ${deployment} of ${project.project} ${lost}`;
    return failed(deployFailure('DEPLOY_RELEASE_MISSING', { what, at: { file: fileOf(project, digest) } }));
  }
  const stack = readStack(release.text, release.file);
  if (!stack.ok) return stack;
  const images = release.images.map((one): ResolvedImage => {
    const at = stack.value.images.find(({ container }) => container === one.container)?.at;
    return { ...one, project: one.project, user: undefined, at: at ?? { file: release.file } };
  });
  return ok({ digest, encoded, stack: labelled(stack.value, digest), images });
}

/** Removes the files of releases that are not among these. */
export function removeVersions(project: StackProject, kept: ReadonlySet<string>): Promise<Result<void>> {
  const directory = directoryOf(project);
  return attempt(`cannot remove files of ${directory}`, () => {
    for (const name of readdirSync(directory))
      if (!kept.has(`sha256:${name.replace('.json', '')}`)) rmSync(join(directory, name), { force: true });
  });
}

function directoryOf({ directories, project }: StackProject): string {
  return join(directories.prism, 'releases', project.replaceAll('/', '__'));
}

function fileOf(project: StackProject, digest: string): string {
  return join(directoryOf(project), `${digest.replace('sha256:', '')}.json`);
}

/** The label tells which release a pod was started for. */
function labelled(stack: Stack, digest: string): Stack {
  return { ...asDeployed(stack), labels: { ...stack.labels, [releaseLabel]: releaseTag(digest) } };
}
