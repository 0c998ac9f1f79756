import { createProjectGraphAsync, type Tree } from '@nx/devkit';
import { engineRun, pickEngine } from '@prism-build/builder';
import { builderName, type Engine, loadNames } from '@prism-build/engine';
import { ok, type Result } from '@prism-build/errors';
import { readDigestJson } from '@prism-build/oci';
import { withLock } from '@prism-build/shell';
import { type Directories, directoriesOf, imageDirectory, imageName, lockPath } from '@prism-build/workspace';
import { finish } from '../nx/finish';
import { parseOptions } from '../nx/parseOptions';
import { formatTable } from '../summary/table';
import { type EnginePlan, planLeftovers, removeLeftovers } from './engine';
import { parseKeep } from './keep';
import { pruneOptions } from './options';
import { type DiskPlan, planDisk } from './planDisk';
import type { Leftover } from './readStore';
import { removeFiles } from './removeFiles';
import { type Images, listImageTargets, outputsOf } from './targets';

/**
 * The `prune` generator: `nx g prism:prune [--keep=2GB] [--dry-run] [--json --quiet]`. Lists unused files and images, and
 * returns a function that removes them; Nx calls it unless the run is dry.
 */
export async function prune(tree: Tree, value: unknown): Promise<() => Promise<void>> {
  const options = finish(parseOptions(pruneOptions, value, 'prism:prune'));
  const keep = finish(parseKeep(options.keep));
  const directories = directoriesOf(tree.root, process.env);
  // Throws if the graph has errors: it may then lack projects.
  const { nodes } = await createProjectGraphAsync({ exitOnError: false });
  const images = listImageTargets(nodes);
  const disk = await planDisk(directories, outputsOf(images, nodes), keep, Date.now());
  const engine = options.engine === 'none' ? undefined : pickEngine(options.engine);
  // Without an engine, no images are loaded.
  const chosen = engine?.ok ? engine.value : undefined;
  const leftovers = chosen && finish(await askEngine(chosen, directories, images));
  process.stdout.write(options.json ? encode(disk, leftovers) : describe(disk, leftovers));
  return async () => finish(await apply(directories, disk, chosen, leftovers, options.json));
}

async function askEngine(
  engine: Engine,
  directories: Directories,
  images: Images,
): Promise<Result<EnginePlan>> {
  const names = await Promise.all(
    images.map(async ({ project, variant, prefix }) => {
      const image = await readDigestJson(imageDirectory(directories.root, project, variant));
      const digest = image.ok ? image.value.index.digest : '';
      const architectures = image.ok
        ? image.value.platforms.map(({ platform }) => platform.architecture)
        : [];
      const loaded = [undefined, ...architectures].flatMap((architecture) =>
        loadNames(imageName(prefix, project), digest, { variant, architecture }),
      );
      const builders = image.ok ? image.value.platforms.map(({ config }) => builderName(config.digest)) : [];
      return [...loaded, ...builders];
    }),
  );
  const prefix = images.find((one) => one.prefix !== '')?.prefix;
  return planLeftovers(engine, engineRun(directories), {
    repositories: new Set(images.map((one) => imageName(one.prefix, one.project))),
    space: prefix === undefined ? undefined : `localhost/${prefix}/`,
    current: new Set(names.flat()),
  });
}

async function apply(
  directories: Directories,
  disk: DiskPlan,
  engine: Engine | undefined,
  leftovers: EnginePlan | undefined,
  quiet: boolean,
): Promise<Result<void>> {
  return withLock(lockPath(directories, 'prune'), async () => {
    const { count, bytes } = removeFiles(Object.values(disk.removes).flat());
    const gone = engine && leftovers ? await removeUnder(engine, directories, leftovers) : ok(0);
    if (!gone.ok) return gone;
    const words = `removed ${count} from the disk, ${megabytes(bytes)}; ${gone.value} from the engine\n`;
    if (!quiet) process.stdout.write(words);
    return ok(undefined);
  });
}

/** Holds the lock of `load-image`, so that a new image is not removed before it has its names. */
function removeUnder(engine: Engine, directories: Directories, plan: EnginePlan): Promise<Result<number>> {
  const work = async () => ok(await removeLeftovers(engine, engineRun(directories), plan));
  return withLock(lockPath(directories, `load-${engine.name}`), work);
}

function describe({ removes, keptBytes }: DiskPlan, engine: EnginePlan | undefined): string {
  const rows = Object.entries(removes).map(([kind, found]) => [
    kind,
    String(found.length),
    megabytes(sum(found)),
  ]);
  const engines = engine
    ? [
        [`${engine.engine} images`, String(engine.images.length + engine.dangling.length), ''],
        [`${engine.engine} containers`, String(engine.containers.length), ''],
      ]
    : [];
  return `${formatTable([['unused', 'number', 'size'], ...rows, ...engines], [1, 2])}the store keeps ${megabytes(keptBytes)}\n`;
}

function encode(disk: DiskPlan, engine: EnginePlan | undefined): string {
  const removes = Object.fromEntries(
    Object.entries(disk.removes).map(([kind, found]) => [
      kind,
      { count: found.length, bytes: sum(found), paths: found.map(({ path }) => path) },
    ]),
  );
  return `${JSON.stringify({ version: 1, removes, keptBytes: disk.keptBytes, engine: engine ?? null })}\n`;
}

function sum(found: readonly Leftover[]): number {
  return found.reduce((all, { size }) => all + size, 0);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
