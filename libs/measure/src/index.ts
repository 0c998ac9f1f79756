export {
  type BenchReport,
  type Distribution,
  type JudgedBudget,
  makeBenchReportSchema,
  type Part,
  type PlatformSizes,
  parseBenchReport,
  type StartReport,
  type StartSide,
  type TransferReport,
  type Untold,
} from './report/schema';
