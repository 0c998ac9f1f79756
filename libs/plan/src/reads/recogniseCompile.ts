import { isDeepStrictEqual } from 'node:util';
import { type Containerfile, contextSources, stageClosure } from '@prism-build/containerfile';
import { all, compileFailure, failed, ok, type Result } from '@prism-build/errors';
import type { CompilePlatform, CompileStage } from '../compilePlan';
import { findCompileStage } from '../compileStage';
import { readCompileStage } from './compileStage';
import { distinct } from './distinct';
import type { PlatformStages } from './imageReads';
import type { CompileReads } from './reads';

/** Whether a language recognises the stage called `compile`, the same for all platforms. */
export function recogniseCompile(
  containerfile: Containerfile,
  resolved: readonly PlatformStages[],
): CompileReads {
  const index = findCompileStage(resolved[0]?.resolution.stages ?? []);
  if (index < 0) return { kind: 'absent' };
  const readings = all(resolved.map((one) => readForPlatform(containerfile, one, index)));
  if (!readings.ok)
    return { kind: 'unrecognised', failures: distinct(readings.failures, ({ what }) => what) };
  const { stage } = readings.value[0]!;
  if (!readings.value.every((one) => isDeepStrictEqual(one.stage, stage))) {
    const what = 'the compile stage copies or runs different things for different platforms';
    const at = { file: containerfile.file, line: stage.line };
    return { kind: 'unrecognised', failures: [compileFailure('COMPILE_STAGE_NOT_RECOGNISED', { what, at })] };
  }
  return {
    kind: 'recognised',
    stage,
    platforms: readings.value.map(({ platform }) => platform),
    sources: distinct(resolved.flatMap(({ resolution }) => contextSources([resolution.stages[index]!]))),
  };
}

function readForPlatform(
  { file }: Containerfile,
  { platform, resolution: { stages, shared, failures } }: PlatformStages,
  index: number,
): Result<{ readonly stage: CompileStage; readonly platform: CompilePlatform }> {
  const broken = [...shared, ...stageClosure(stages, index).flatMap((one) => failures[one] ?? [])];
  if (broken.length > 0) return failed(...broken);
  const read = readCompileStage(stages[index]!, file);
  if (!read.ok) return read;
  // PATH depends on where the toolchain was found, so it is not part of the stage.
  const { PATH: _, ...environment } = read.value.run.env;
  return ok({ stage: read.value.stage, platform: { platform, environment } });
}
