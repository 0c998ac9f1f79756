import type { ExecutorContext } from '@nx/devkit';
import { failuresOf, ok, type Result, renderFailures } from '@prism-build/errors';
import {
  addContents,
  type BenchReport,
  type JudgedBudget,
  judgeSizes,
  judgeStart,
  type PlatformSizes,
  printBudget,
  printQuantity,
  readSizes,
} from '@prism-build/measure';
import { executorIdentity, imageKey } from '@prism-build/workspace';
import { languageOf, readImageBudgets } from '../../measuring/readImageBudgets';
import { compareImages } from './compareImages';
import { findBaseline } from './findBaseline';
import type { BenchOptions } from './options';
import { readImage, readImageContents } from './readImage';
import { refuse } from './refuse';
import { rememberImage } from './rememberImage';
import { measureStart, type Starts } from './start/measureStart';
import { writeResult } from './writeResult';

/** What was measured, and whether all budgets are kept. */
export interface BenchOutcome {
  readonly text: string;
  readonly kept: boolean;
}

/** Measures the image of a project and judges its budgets. No verdict is stored. */
export async function benchStep(
  project: string,
  target: string,
  options: BenchOptions,
  context: ExecutorContext,
): Promise<Result<BenchOutcome>> {
  const { variant, sizesOnly, format, output } = options;
  const budgets = readImageBudgets(project, variant, options, context);
  if (!budgets.ok) return budgets;
  const image = await readImage(project, variant, context);
  if (!image.ok) return image;
  const baseline = await findBaseline(project, options, context);
  if (!baseline.ok) return baseline;
  const sizes = readSizes(image.value);
  const judged = judgeSizes(budgets.value, sizes, baseline.value);
  const isOver = judged.some(({ verdict }) => verdict === 'over');
  // The usual case of a gate: digest.json is all that is read.
  if (sizesOnly && !isOver && !baseline.value && format === 'text' && output === undefined)
    return ok({ text: printSizesOnly(sizes, judged), kept: true });
  const contents = await readImageContents(project, variant, context);
  if (!contents.ok) return contents;
  const commit = sizesOnly ? undefined : await rememberImage(project, variant, image.value, context);
  const starts = sizesOnly ? undefined : await measureStart(project, options, context);
  const start = starts?.ok ? starts.value.start : undefined;
  const report: BenchReport = {
    schemaVersion: 1,
    image: imageKey(project, variant),
    project,
    ...(variant !== undefined && { variant }),
    kind: languageOf(project, context) ?? 'other',
    digest: image.value.index.digest,
    tool: `prism ${executorIdentity('bench').slice(0, 12)}`.trim(),
    ...(commit !== undefined && { commit }),
    platforms: addContents(sizes, contents.value),
    ...(start && { start }),
    ...(starts?.ok && starts.value.transfer && { transfer: starts.value.transfer }),
    skipped: starts ? listSkipped(starts) : [],
    budgets: [...judged, ...(starts ? judgeStart(budgets.value, start, 'it was not measured') : [])],
  };
  const compared = await compareImages(sizes, contents.value, baseline.value);
  if (!compared.ok) return compared;
  const text = await writeResult({ report, compared: compared.value }, options, context.root);
  if (!text.ok) return text;
  const explained = { project, contents: contents.value, baseline: baseline.value, context };
  const refused = await refuse(report.image, target, report.budgets, explained);
  if (!refused.ok) return refused;
  const failures = [...refused.value, ...(starts ? failuresOf(starts) : [])];
  if (failures.length === 0) return ok({ text: text.value, kept: true });
  return ok({ text: `${text.value}${renderFailures(failures)}\n`, kept: false });
}

function printSizesOnly(sizes: readonly PlatformSizes[], judged: readonly JudgedBudget[]): string {
  if (judged.length > 0) return judged.map(printBudget).join('');
  return sizes
    .map((one) => `  ${one.platform}  ${printQuantity(one.uncompressedSize, 'bytes')}, no budget\n`)
    .join('');
}

/** A start that failed is in the report, too: a report without times must say why. */
function listSkipped(starts: Result<Starts>): BenchReport['skipped'] {
  if (starts.ok) return [...starts.value.skipped];
  return starts.failures.map(({ code, what }) => ({ what: 'the start', why: `${code}: ${what}` }));
}
