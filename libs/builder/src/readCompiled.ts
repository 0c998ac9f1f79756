import { join } from 'node:path';
import type { Tree } from '@prism-build/assemble';
import { formatPlatform } from '@prism-build/containerfile';
import { failed, imageFailure, ok, type Result } from '@prism-build/errors';
import type { ImagePlan } from '@prism-build/plan';
import { compileDirectory } from '@prism-build/workspace';
import { compiledTree } from './compiledTree';
import { type CompileManifest, compileManifestName, readOutput } from './compileManifest';
import { repairCompile } from './repair';
import type { StepInput } from './step';

export interface Compiled {
  readonly manifest: CompileManifest;
  readonly compiled: (platform: string) => Tree | undefined;
}

/**
 * The results of the compile stage for every platform of an image. They may have been restored from the build cache, so
 * they are verified, and compiled again in this process if a file is missing or altered. A platform can be missing
 * because Nx passes an option of the command line to all compile tasks, but not to the images of bases.
 */
export async function readCompiled(input: StepInput, plan: ImagePlan): Promise<Result<Compiled>> {
  const directory = compileDirectory(input.directories.root, input.project);
  const whole = (manifest: CompileManifest) => checkPlatforms(manifest, plan, directory);
  const output = input.compiled ? ok(input.compiled) : readOutput(directory);
  const found = output.ok ? whole(output.value) : output;
  const repaired = found.ok ? found : await repairCompile(input, found.failures);
  const manifest = repaired.ok ? whole(repaired.value) : repaired;
  if (!manifest.ok) return manifest;
  const compiled = (platform: string) => compiledTree(manifest.value, platform, directory);
  return ok({ manifest: manifest.value, compiled });
}

function checkPlatforms(
  manifest: CompileManifest,
  plan: ImagePlan,
  directory: string,
): Result<CompileManifest> {
  const there = new Set(manifest.platforms.map(({ platform }) => platform));
  const absent = plan.platforms
    .map(({ platform }) => formatPlatform(platform))
    .filter((name) => !there.has(name));
  if (absent.length === 0) return ok(manifest);
  const what = `${join(directory, compileManifestName)} has nothing for ${absent.join(', ')}`;
  return failed(imageFailure('COMPILE_OUTPUT_MISSING', { what }));
}
