import { formatPlatform } from '@prism-build/containerfile';
import {
  builderName,
  dockerRunner,
  type Engine,
  parseRootless,
  podmanBuilder,
  type RunCall,
} from '@prism-build/engine';
import type { Result } from '@prism-build/errors';
import { type ContentStore, hexOf, type ImageLayer, type PlatformImage } from '@prism-build/oci';
import type { Finished } from '@prism-build/shell';
import type { Directories } from '@prism-build/workspace';
import { engineRun } from '../engine';
import { callEngine, withBuilderStore } from '../run/builderStore';
import { loadDockerImage } from '../run/loadDockerImage';
import { loadRunImage } from '../run/runImages';

/** A program of the image that containers were opened for; `input` is its whole standard input. */
export type RunProgram = (call: Omit<RunCall, 'image'>, input?: string) => Promise<Result<Finished>>;

interface ContainerImage {
  readonly directories: Directories;
  readonly store: ContentStore;
  readonly image: PlatformImage;
  /** Brings layers into the store. */
  readonly fetch: (layers: readonly ImageLayer[]) => Promise<Result<void>>;
}

/** Runs `work` with an engine that has the image and runs its programs. */
export function withContainers<T>(
  engine: Engine,
  image: ContainerImage,
  work: (run: RunProgram) => Promise<Result<T>>,
): Promise<Result<T>> {
  return engine.name === 'podman' ? withPodman(image, work) : withDocker(image, work);
}

async function withPodman<T>(
  { directories, store, image, fetch }: ContainerImage,
  work: (run: RunProgram) => Promise<Result<T>>,
): Promise<Result<T>> {
  return withBuilderStore(directories, formatPlatform(image.platform), async (open) => {
    const loaded = await loadRunImage(open, store, image, fetch);
    if (!loaded.ok) return loaded;
    const id = hexOf(image.config.digest);
    return work((call, input) => {
      const argv = podmanBuilder.run(open.store, { ...call, image: id });
      return open.call({ argv, ...(input !== undefined && { input }) });
    });
  });
}

/** Docker has one store for all: the image lies there under a name of its own, for `docker rmi`. */
async function withDocker<T>(
  { directories, store, image, fetch }: ContainerImage,
  work: (run: RunProgram) => Promise<Result<T>>,
): Promise<Result<T>> {
  const call = engineRun(directories);
  const name = builderName(image.config.digest);
  const loaded = await loadDockerImage(directories, { store, image, name }, fetch);
  if (!loaded.ok) return loaded;
  const security = await callEngine(call, { argv: dockerRunner.security() });
  if (!security.ok) return security;
  const caller = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;
  const user = parseRootless(security.value) ? '0:0' : caller;
  return work((program, input) => {
    const argv = dockerRunner.run({ ...program, image: name }, user);
    return call({ argv, ...(input !== undefined && { input }) });
  });
}
