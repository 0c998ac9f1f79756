export type { CompilePlan, CompilePlatform } from './compilePlan';
export { compileStageName } from './compileStage';
export {
  type Compression,
  type ConfigStep,
  type CopySource,
  type CopyStep,
  type DirectoryStep,
  type ImagePlan,
  type PlatformPlan,
  planVersion,
  type StagePlan,
  type Step,
} from './imagePlan';
export { planCompile } from './planCompile';
export { planImage } from './planImage';
export type { PlanRequest } from './request';
