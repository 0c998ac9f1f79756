import {
  type AssembledPlatform,
  assemblePlatform,
  type Images,
  type Tree,
  toEntries,
} from '@prism-build/assemble';
import { formatPlatform } from '@prism-build/containerfile';
import { all, failed, ok, type Result } from '@prism-build/errors';
import {
  buildImage,
  type ContentStore,
  type Digest,
  type DigestJson,
  type Layer,
  openContentStore,
  type PlatformInput,
  publishImage,
  putBlobs,
} from '@prism-build/oci';
import { baseOf, type ImagePlan, type ImageReads } from '@prism-build/plan';
import { attempt, runPool, sayIfLong } from '@prism-build/shell';
import {
  contextDigestsPath,
  contextPaths,
  imageDirectory,
  imageKey,
  lockPath,
  readContextTree,
} from '@prism-build/workspace';
import { withImages } from './bases/withImages';
import { collectGarbage } from './collectGarbage';
import type { CompileManifest } from './compileManifest';
import { describeHints, describeImage, describeStage } from './describeImage';
import { digestContext } from './digests/contextDigests';
import { digestInputs, readMemo, writeMemo } from './memo';
import { hashOnCores, packLayer } from './packing';
import { planStep } from './planStep';
import { readCompiled } from './readCompiled';
import { openRootfs, type RootfsSource, withRootfs } from './rootfs';
import { openCommands } from './run/openCommands';
import { shareLayers } from './sharedLayers';
import type { StepInput, StepReport } from './step';

/** With more files in the context, platforms are built one after another, to bound memory. */
const manyFiles = 20_000;

/** Assembles an image for all platforms from files, and publishes it under dist/images. */
export async function imageStep(input: StepInput): Promise<Result<StepReport>> {
  const { directories, options } = input;
  const planned = await planStep(input);
  if (!planned.ok) return planned;
  const { plan, reads, image: imageReads, containerfile } = planned.value;
  if (options.dryRun) return ok({ text: `${JSON.stringify(plan, null, 2)}\n` });
  const inputs = await readInputs(input, plan, imageReads);
  if (!inputs.ok) return inputs;
  const store = await openContentStore(directories.store);
  if (!store.ok) return store;
  const { context, manifest, rootfs } = inputs.value;
  const digested = await attempt('cannot read the context', () =>
    digestContext(context, contextDigestsPath(directories, input.project, options.variant), hashOnCores),
  );
  if (!digested.ok) return digested;
  const { digestOf, findChanged } = digested.value;
  const key = digestInputs(plan, { context, digestOf }, manifest, rootfs?.identity);
  const hints = describeStage(reads) + describeHints(plan, containerfile, imageReads);
  const text = (made: DigestJson) => hints + describeImage(made);
  const memo = input.force ? undefined : await readMemo(directories, store.value, key);
  const publish = (digestJson: DigestJson, written?: ReadonlySet<Digest>) =>
    publishImage(imageDirectory(directories.root, input.project, options.variant), {
      digestJson,
      written,
      store: store.value,
      lockPath: lockPath(directories, `image-${imageKey(input.project, options.variant)}`),
      keep: options.variant === undefined ? input.siblings.variantsOf(input.project) : [],
    });
  // Publishing verifies every blob. If one is altered, it fails and the image is assembled again.
  if (memo && (await publish(memo)).ok) return ok({ text: text(memo), reads, digest: memo.index.digest });
  const image = await withImages(input, store.value, (images) =>
    assembleImage(input, plan, { ...inputs.value, images }, store.value),
  );
  if (!image.ok) return image;
  const changed = await attempt('cannot read the context', findChanged);
  if (!changed.ok || changed.value.length > 0) return changed.ok ? failed(...changed.value) : changed;
  const { digestJson, written } = image.value;
  const published = await publish(digestJson, written);
  if (!published.ok) return published;
  return attempt('cannot write the memo of the image', () => {
    writeMemo(directories, key, digestJson);
    return { text: text(digestJson), reads, digest: digestJson.index.digest };
  });
}

interface Inputs {
  readonly context: Tree;
  readonly manifest: CompileManifest | undefined;
  readonly compiled: (platform: string) => Tree | undefined;
  readonly rootfs: RootfsSource | undefined;
}

async function readInputs(
  input: StepInput,
  plan: ImagePlan,
  { sources, contexts, compiled }: ImageReads,
): Promise<Result<Inputs>> {
  const { root } = input.directories;
  const context = readContextTree(root, plan.containerfile, plan.context, contextPaths(sources));
  if (!context.ok) return context;
  const rootfs = contexts.includes('rootfs') ? await openRootfs(input, plan) : ok(undefined);
  if (!rootfs.ok) return rootfs;
  if (!compiled) {
    return ok({
      context: context.value,
      manifest: undefined,
      compiled: () => undefined,
      rootfs: rootfs.value,
    });
  }
  const read = await readCompiled(input, plan);
  if (!read.ok) return read;
  return ok({ context: context.value, ...read.value, rootfs: rootfs.value });
}

interface AssembledImage {
  readonly digestJson: DigestJson;
  /** Blobs that this process hashed while writing them into the store. */
  readonly written: ReadonlySet<Digest>;
}

async function assembleImage(
  input: StepInput,
  plan: ImagePlan,
  inputs: Inputs & { readonly images: Images },
  store: ContentStore,
): Promise<Result<AssembledImage>> {
  const written = new Set<Digest>();
  const commands = openCommands(input, store, plan.compression);
  const pack = shareLayers((entries) => packLayer(store, entries, { compression: plan.compression }));
  // Large contexts: one platform at a time, to bound memory.
  const isBig = inputs.context.size > manyFiles;
  const atOnce = isBig ? 1 : plan.platforms.length;
  const tidy = isBig ? collectGarbage : () => {};
  const packed = await runPool(plan.platforms, atOnce, async (platform) => {
    tidy();
    const compiled = inputs.compiled(formatPlatform(platform.platform));
    return withRootfs(inputs.rootfs, platform.platform, async (rootfs) => {
      const { context, images } = inputs;
      const trees = { context, compile: compiled, images, commands, rootfs };
      const assembled = await assemblePlatform(platform, plan.containerfile, trees);
      if (!assembled.ok) return assembled;
      tidy();
      return sayIfLong(`${input.project}: packing layers for ${formatPlatform(platform.platform)}`, () =>
        packLayers(assembled.value, pack, written),
      );
    });
  });
  const platforms = all(packed);
  if (!platforms.ok) return platforms;
  const built = buildImage(platforms.value);
  if (!built.ok) return built;
  const stored = await putBlobs(store, built.value.blobs);
  if (!stored.ok) return stored;
  for (const { digest } of stored.value) written.add(digest);
  return ok({ digestJson: built.value.digestJson, written });
}

async function packLayers(
  assembled: AssembledPlatform,
  pack: ReturnType<typeof shareLayers>,
  written: Set<Digest>,
): Promise<Result<PlatformInput>> {
  const layers: Layer[] = [];
  for (const { entries, packed } of assembled.layers) {
    const layer = packed ? ok(packed) : await pack(toEntries(entries));
    if (!layer.ok) return layer;
    if (!packed) written.add(layer.value.digest);
    layers.push(layer.value);
  }
  const { platform, settings, stages } = assembled.plan;
  const base = baseOf(stages);
  return ok({
    platform,
    settings,
    layers: [...(base?.layers ?? []), ...layers.map((layer) => ({ ...layer, origin: 'own' as const }))],
    history: [...(base?.history ?? []), ...assembled.history],
  });
}
