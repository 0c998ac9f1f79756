import { failed, measureFailure, ok, type Result } from '@prism-build/errors';
import * as z from 'zod';

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const bytes = z.int().nonnegative();

/** What fills an image. `overhead`: headers and padding of tar, and files that a higher layer hides. */
const partKinds = [
  ...(['go', 'rust', 'python', 'npm', 'deb', 'apk', 'program', 'file', 'overhead'] as const),
] as const;

const part = z.strictObject({
  kind: z
    .enum(partKinds)
    .describe(
      'go: packages in a Go program; program, file: files of no package; overhead: tar, hidden files.',
    ),
  name: z.string().describe('Package, distribution, or path.'),
  version: z.string().optional(),
  program: z.string().optional().describe('The program that contains it; its path in the image.'),
  layer: z.int().nonnegative().describe('Index of the layer, the lowest is 0.'),
  size: bytes.describe('Bytes, uncompressed.'),
});

const layer = z.strictObject({
  digest,
  size: bytes.describe('Bytes of the blob.'),
  uncompressedSize: bytes.describe('Bytes of the tar.'),
  base: z.string().optional().describe('The base that it comes from; absent for an own layer.'),
});

const untold = z.strictObject({
  path: z.string().describe('A program in the image.'),
  size: bytes.describe('Bytes that cannot be assigned to packages.'),
  why: z.string(),
  names: z.array(z.string()).describe('Packages in it whose sizes are unknown.'),
});

const platform = z.strictObject({
  platform: z.string().describe('As in linux/amd64.'),
  manifest: digest,
  size: bytes.describe('Bytes of all blobs of layers.'),
  uncompressedSize: bytes.describe('Bytes of all tars of layers.'),
  layers: z.array(layer).describe('Lowest first.'),
  parts: z
    .array(part)
    .optional()
    .describe('What fills the layers; their sum is uncompressedSize. Absent if only digest.json was read.'),
  untold: z.array(untold).optional().describe('Programs that do not tell what fills them.'),
});

const distribution = z.strictObject({
  unit: z.enum(['ms', 'bytes']),
  values: z.array(z.number()).min(1).describe('All values in the order of measurement, outliers included.'),
  median: z.number(),
  low: z.number().describe('Lower end of the 95 % confidence interval of the median (bootstrap).'),
  high: z.number(),
  outliers: z.array(z.int().nonnegative()).describe('Indexes of values beyond 1.5 interquartile ranges.'),
});

const side = z.strictObject({
  where: z.enum(['bare', 'container']),
  engine: z.string().optional().describe('Name and version of the engine.'),
  command: z
    .array(z.string())
    .describe('What was started: the program in the root of the image, or the call of the engine.'),
  floor: distribution.describe(
    'From the start to the first line of a program that only prints one, started in the same way.',
  ),
  ready: distribution.describe('From the start of the process to the first good answer; the floor included.'),
  ratio: z.number().describe('Median of ready by that of floor.'),
  idle: distribution.optional().describe('PSS of the component once it is ready.'),
  peak: distribution
    .optional()
    .describe('The most that was resident until then (VmHWM); shared pages count whole.'),
});

const start = z.strictObject({
  platform: z.string(),
  probe: z.string().describe('As in grpc://127.0.0.1:50100, or log:listening.'),
  runs: z.int().positive(),
  measuredAt: z.iso.datetime(),
  host: z.strictObject({
    fingerprint: z.string().describe('Equal hosts have equal measurements in the cache.'),
    cpu: z.string(),
    cores: z.int().positive(),
    memory: bytes,
    system: z.string(),
  }),
  noise: z.strictObject({
    spin: distribution.describe('The same calculation, repeated.'),
    spread: z.number().describe('Interquartile range by median.'),
    limit: z.number(),
    tooNoisy: z.boolean().describe('Then no time is judged.'),
  }),
  sides: z.array(side),
});

const transfer = z.strictObject({
  platform: z.string(),
  engine: z.string(),
  bytes: bytes.describe('Of all blobs, compressed.'),
  pull: distribution.describe('From a registry on loopback into an empty store.'),
  load: distribution.describe('The same from an archive.'),
});

const budgetNames = ['maxSize', 'maxStartup', 'maxMemory', 'maxGrowth'] as const;

const budget = z.strictObject({
  name: z.enum(budgetNames),
  text: z.string().describe('As it is written, as in 10 MB.'),
  limit: z.number(),
  unit: z.enum(['bytes', 'ms', 'ratio', 'percent']).describe('ratio: to the floor.'),
  platform: z.string().optional().describe('Absent for times and memory, which are those of the host.'),
  side: z.enum(['bare', 'container']).optional(),
  from: z.enum(['set', 'default']),
  at: z.strictObject({ file: z.string(), line: z.int().positive() }).optional(),
  actual: z.number().optional().describe('Absent if it was not measured.'),
  verdict: z.enum(['within', 'over', 'unclear', 'unmeasured']).describe('unclear: within noise.'),
  why: z.string().optional(),
});

/** The schema of report.json. Increase `schemaVersion` if the meaning of a field changes. */
const benchReport = z
  .strictObject({
    schemaVersion: z.literal(1),
    image: z.string().describe('The project; with +<variant> for a variant.'),
    project: z.string(),
    variant: z.string().optional(),
    kind: z.enum(['go', 'rust', 'python', 'c', 'other']).describe('The language of its compile stage.'),
    digest: digest.describe('The image index.'),
    tool: z.string().describe('Name and version of the program that measured.'),
    commit: z.string().optional().describe('The commit that was checked out, if the work tree equals it.'),
    platforms: z.array(platform).min(1),
    start: start.optional().describe('Absent if only sizes were measured.'),
    transfer: transfer.optional(),
    skipped: z
      .array(z.strictObject({ what: z.string(), why: z.string() }))
      .describe('What was not measured, as in emulated platforms and missing engines.'),
    budgets: z.array(budget).describe('As judged in this run; a verdict is never cached.'),
  })
  .describe('What an image weighs, how fast it starts, and how it keeps its budgets.');

export type BenchReport = z.infer<typeof benchReport>;
export type PlatformSizes = z.infer<typeof platform>;
export type Part = z.infer<typeof part>;
export type Untold = z.infer<typeof untold>;
export type Distribution = z.infer<typeof distribution>;
export type StartReport = z.infer<typeof start>;
export type StartSide = z.infer<typeof side>;
export type TransferReport = z.infer<typeof transfer>;
export type JudgedBudget = z.infer<typeof budget>;

/** The bytes of report.json. */
export function encodeBenchReport(report: BenchReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

/** JSON schema (2020-12) of report.json. */
export const makeBenchReportSchema = () => z.toJSONSchema(benchReport);

/** Reads report.json. Failure: BENCH_REPORT_INVALID. */
export function parseBenchReport(text: string, file: string): Result<BenchReport> {
  const invalid = (why: string) =>
    failed(
      measureFailure('BENCH_REPORT_INVALID', { what: `${file} is not a report of bench`, why, at: { file } }),
    );
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return invalid((error as Error).message);
  }
  const parsed = benchReport.safeParse(value);
  return parsed.success ? ok(parsed.data) : invalid(z.prettifyError(parsed.error));
}
