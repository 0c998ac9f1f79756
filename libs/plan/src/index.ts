export { type Bases, environmentIn } from './bases';
export type { CompilePlan, CompilePlatform } from './compilePlan';
export { compileStageName } from './compileStage';
export {
  baseOf,
  type Compression,
  type ConfigStep,
  type CopySource,
  type CopyStep,
  type DirectoryStep,
  type ImagePlan,
  type PlannedImage,
  type PlatformPlan,
  planVersion,
  type StagePlan,
  type Step,
} from './imagePlan';
export { type ImageUse, listImages } from './listImages';
export { planCompile } from './planCompile';
export { planImage } from './planImage';
export type { PlanRequest } from './request';
