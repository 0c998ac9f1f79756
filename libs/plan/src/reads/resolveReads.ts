import {
  type Containerfile,
  chooseTarget,
  type Platform,
  type ResolvedStages,
  type ResolveOptions,
  resolveAllStages,
} from '@prism-build/containerfile';
import { all, failed, ok, type Result } from '@prism-build/errors';
import { environmentIn } from '../bases';
import type { ReadRequest } from '../request';
import { distinct } from './distinct';
import { collectImage, type PlatformStages, pickStages } from './imageReads';
import type { CompileReads, ImageReads, Reads } from './reads';
import { recogniseCompile } from './recogniseCompile';

/** A Containerfile, resolved once for each platform; every image that is made of it reads from this. */
export interface ResolvedFile {
  readonly containerfile: Containerfile;
  readonly request: Omit<ReadRequest, 'target'>;
  readonly platforms: readonly PlatformStages[];
  readonly compile: CompileReads;
}

export function resolveFile(request: Omit<ReadRequest, 'target'>): ResolvedFile {
  const { containerfile } = request;
  const platforms = resolvePlatforms(request);
  return { containerfile, request, platforms, compile: recogniseCompile(containerfile, platforms) };
}

/**
 * Everything that the targets of a Containerfile read, for the image that is made of one of its stages.
 *
 * @param target name or index of the stage; undefined: the last one
 */
export function chooseReads(file: ResolvedFile, target: string | undefined): Reads {
  return {
    containerfile: file.containerfile.file,
    compile: file.compile,
    image: readImage(file, target),
  };
}

export function resolveReads(request: ReadRequest): Reads {
  return chooseReads(resolveFile(request), request.target);
}

function readImage(file: ResolvedFile, target: string | undefined): Result<ImageReads> {
  const { containerfile, compile, platforms } = file;
  const { buildArgs, contexts = [] } = file.request;
  const picked = all(
    platforms.map(({ platform, resolution }) => {
      const chosen = chooseTarget(containerfile, resolution, { target, buildArgs });
      return chosen.ok ? ok(pickStages(platform, chosen.value, compile.kind === 'recognised')) : chosen;
    }),
  );
  if (!picked.ok) return failed(...distinct(picked.failures));
  return ok(collectImage(picked.value, containerfile.file, contexts));
}

function resolvePlatforms(request: Omit<ReadRequest, 'target'>): PlatformStages[] {
  const { containerfile, platforms, buildPlatform, buildArgs, contexts, bases } = request;
  const resolve = (platform: Platform): ResolvedStages => {
    const options: ResolveOptions = { platform, buildPlatform, buildArgs, namedContexts: contexts ?? [] };
    if (!bases) return resolveAllStages(containerfile, options);
    const baseEnv = (reference: string, wanted: Platform) => environmentIn(bases, reference, wanted);
    return resolveAllStages(containerfile, { ...options, baseEnv });
  };
  const [first, ...others] = platforms;
  if (!first) return [];
  const one = resolve(first);
  // Bases may have another ENV for each platform.
  const same = !containerfile.namesPlatform && !bases;
  return [
    { platform: first, resolution: one },
    ...others.map((platform) => ({
      platform,
      resolution: same ? onPlatform(one, containerfile, platform) : resolve(platform),
    })),
  ];
}

/** The same stages for another platform, if nothing in the file depends on it. */
function onPlatform(one: ResolvedStages, containerfile: Containerfile, platform: Platform): ResolvedStages {
  const stages = one.stages.map((stage) =>
    containerfile.stages[stage.index]?.from.platform === undefined ? { ...stage, platform } : stage,
  );
  return { ...one, stages };
}
