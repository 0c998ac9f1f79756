export { type Bases, environmentIn } from './bases';
export type { CompilePlan, CompilePlatform } from './compilePlan';
export { compileStageName } from './compileStage';
export { explainCompile } from './explainCompile';
export { explainVolumes, type Hint } from './explainVolumes';
export {
  baseOf,
  type Compression,
  type ConfigStep,
  type CopyStep,
  type DirectoryStep,
  type ImagePlan,
  type PlatformPlan,
  planVersion,
  type StagePlan,
  type Step,
} from './imagePlan';
export { type ImageUse, listImages } from './listImages';
export { listNames } from './listNames';
export { listReads, type Read } from './listReads';
export { type CompileStage, planCompile, readCompileStage } from './planCompile';
export { planImage } from './planImage';
export type { PlanRequest } from './request';
export { type RunMount, type RunStep, scriptPath } from './runStep';
export type { CopySource, PlannedImage } from './source';
