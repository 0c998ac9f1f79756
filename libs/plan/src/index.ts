export type { Bases } from './bases';
export type { CompilePlan, CompilePlatform, CompileStage } from './compilePlan';
export { explainArguments } from './explainArguments';
export { explainCompile } from './explainCompile';
export { explainVolumes } from './explainVolumes';
export {
  baseOf,
  type Compression,
  type CopyStep,
  type DirectoryStep,
  type ImagePlan,
  type PlatformPlan,
  type StagePlan,
} from './imagePlan';
export { planCompile } from './planCompile';
export { planImage } from './planImage';
export { hasRun } from './reads/hasRun';
export type { ImageReads, ImageUse, PlatformReads, Reads } from './reads/reads';
export { chooseReads, type ResolvedFile, resolveFile, resolveReads } from './reads/resolveReads';
export type { PlanOptions, ReadRequest } from './request';
export { type RunMount, type RunStep, scriptPath } from './runStep';
export type { CopySource, PlannedImage } from './source';
