import { dirname, join, resolve, sep } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { failed, measureFailure, ok, type Result } from '@prism-build/errors';
import { type BenchReport, parseBenchReport, readSizes, takeContents } from '@prism-build/measure';
import { type DigestJson, openContentStore, parseDigestJson, platformName } from '@prism-build/oci';
import { parseReference } from '@prism-build/registry';
import { readKept } from '@prism-build/scan';
import { readTextIfThere } from '@prism-build/shell';
import { directoriesOf, imageKey } from '@prism-build/workspace';
import { measurementsDirectory } from '../../measuring/benchDirectories';
import { openGit } from '../../nx/git';
import type { ComparedImage } from './comparedImage';
import type { BenchOptions } from './options';
import { pullImage } from './pullImage';
import { repositoryOf } from './repositoryOf';

/** As {sha} of tag rules. */
const SHORT = 12;

/** The image whose earlier state is looked for. */
interface Wanted {
  readonly project: string;
  readonly variant: string | undefined;
  readonly context: ExecutorContext;
}

/** The key under which a measured image is stored for a commit, or for its digest. */
export function baselineKey(of: string, image: string): string {
  return `image of ${of} ${image}`;
}

/**
 * Finds the image that `against` names: a file, `merge-base`, a commit or tag of git that was measured here or pushed as
 * `<sha>`, a digest, or an image of a registry. Undefined if none is named, and for a path with {project} or {image} where
 * nothing is: a new project has no earlier image. Failures: BASELINE_MISSING, BENCH_REPORT_INVALID, those of registries.
 */
export async function findBaseline(
  project: string,
  { against = process.env.PRISM_BENCH_AGAINST, variant }: Pick<BenchOptions, 'against' | 'variant'>,
  context: ExecutorContext,
): Promise<Result<ComparedImage | undefined>> {
  if (!against) return ok(undefined);
  const wanted = { project, variant, context };
  const image = imageKey(project, variant);
  const text = against.replaceAll('{project}', project).replaceAll('{image}', image);
  const file = findFile(resolve(context.root, text), variant);
  if (file !== undefined) return readBaseline(file.text, file.path, text, wanted);
  if (text !== against) return ok(undefined);
  const commit = await findCommit(text, context.root);
  if (commit !== undefined || /^sha256:[0-9a-f]{64}$/.test(text)) return findMeasured(text, commit, wanted);
  if (text.includes('/') && parseReference(text).ok) return pullImage(text, context);
  const what = `${text} is no file, no commit and no image of a registry`;
  return failed(measureFailure('BASELINE_MISSING', { what }));
}

/** A file, or the digest.json of a directory of images; a variant's is in a subdirectory. */
function findFile(path: string, variant: string | undefined) {
  const inside = variant === undefined ? [path] : [join(path, variant), path];
  for (const file of [path, ...inside.map((directory) => join(directory, 'digest.json'))]) {
    const text = readFile(file);
    if (text !== undefined) return { path: file, text };
  }
  return undefined;
}

/** An image by its commit or digest: as it was measured here, or from the registry of the project. */
async function findMeasured(
  text: string,
  commit: string | undefined,
  { project, variant, context }: Wanted,
): Promise<Result<ComparedImage>> {
  const image = imageKey(project, variant);
  const directory = measurementsDirectory(context);
  const kept = readKept<string>(directory, baselineKey(commit ?? text, image));
  const name = commit === undefined ? text : `${text} (${commit.slice(0, SHORT)})`;
  if (kept !== undefined)
    return readBaseline(kept, join(directory, 'digest.json'), name, { project, variant, context });
  const repository = repositoryOf(project, variant, context);
  if (repository !== undefined) {
    const tag = commit && [commit.slice(0, SHORT), variant].filter(Boolean).join('-');
    return pullImage(`${repository}${tag ? `:${tag}` : `@${text}`}`, context);
  }
  const what = `there is no image of ${image} to compare with for ${name}`;
  const why = 'It was not measured on this machine, and the project has no registry.';
  return failed(measureFailure('BASELINE_MISSING', { what, why }));
}

async function findCommit(against: string, root: string): Promise<string | undefined> {
  const git = openGit(root);
  if (against !== 'merge-base') return git('rev-parse', '--verify', '--quiet', `${against}^{commit}`);
  const base = process.env.NX_BASE || readDefaultBase(root);
  return git('merge-base', 'HEAD', base);
}

function readDefaultBase(root: string): string {
  try {
    const { defaultBase } = JSON.parse(readTextIfThere(join(root, 'nx.json')) ?? '{}') as {
      defaultBase?: string;
    };
    return defaultBase ?? 'main';
  } catch {
    return 'main';
  }
}

function readFile(file: string): string | undefined {
  try {
    return readTextIfThere(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EISDIR') return undefined;
    throw error;
  }
}

function readBaseline(text: string, file: string, name: string, { context }: Wanted): Result<ComparedImage> {
  if (text.includes('"budgets"')) {
    const report = parseBenchReport(text, file);
    return report.ok ? ok(fromReport(report.value, name)) : report;
  }
  const image = parseDigestJson(text, file);
  return image.ok ? ok(fromDigest(image.value, dirname(file), name, context)) : image;
}

function fromReport({ platforms }: BenchReport, name: string): ComparedImage {
  return {
    name,
    sizes: new Map(platforms.map((one) => [one.platform, one.uncompressedSize])),
    contentsOf: async (platform) => {
      const found = platforms.find((one) => one.platform === platform);
      return ok(found?.parts ? { parts: found.parts } : {});
    },
  };
}

function fromDigest(
  image: DigestJson,
  directory: string,
  name: string,
  context: ExecutorContext,
): ComparedImage {
  return {
    name,
    sizes: new Map(readSizes(image).map((one) => [one.platform, one.uncompressedSize])),
    contentsOf: async (wanted) => {
      const found = image.platforms.find(({ platform }) => platformName(platform) === wanted);
      if (!found) return ok({});
      const store = await openContentStore(directoriesOf(context.root, process.env).store);
      if (!store.ok) return store;
      const sources = { store: store.value, imageDirs: [directory, ...storeBeside(directory)] };
      return takeContents(sources, found, measurementsDirectory(context), async () => ok(undefined));
    },
  };
}

/** The content store of the workspace that a directory of images belongs to: it has the layers of bases. */
function storeBeside(directory: string): string[] {
  const at = directory.lastIndexOf(`${sep}${join('dist', 'images')}${sep}`);
  return at < 0 ? [] : [join(directory.slice(0, at), '.prism', 'store')];
}
