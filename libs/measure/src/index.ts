export { type Baseline, judgeSizes, judgeStart } from './budgets/judge';
export { parseQuantity, printQuantity } from './budgets/quantity';
export { type Budget, type BudgetTexts, readBudgets } from './budgets/readBudgets';
export { type Change, compareFiles, compareParts } from './compare/compareParts';
export { addContents } from './contents/addContents';
export type { Contents } from './contents/readContents';
export { takeContents } from './contents/takeContents';
export { describeExcess, printBudget } from './print/printBudgets';
export { printChange } from './print/printChanges';
export { type Comparison, comparePlatform, printComparisonMarkdown } from './print/printComparison';
export { benchFormats, type PrintedReport } from './print/printReport';
export {
  type BenchReport,
  type Distribution,
  encodeBenchReport,
  type JudgedBudget,
  makeBenchReportSchema,
  type Part,
  type PlatformSizes,
  parseBenchReport,
  type StartReport,
  type StartSide,
  type TransferReport,
} from './report/schema';
export { readSizes } from './sizes';
export { makeFloorProgram } from './start/floorProgram';
export { describeHost, measureNoise } from './start/host';
export type { Launch } from './start/measureReady';
export { measureSides, type Side } from './start/measureSides';
export { type Probe, parseProbe } from './start/parseProbe';
export { writeRoot } from './start/writeRoot';
export { describeValues, spreadOf } from './stats/distribution';
export { serveImage } from './transfer/serveImage';
