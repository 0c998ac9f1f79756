import { all, failed, measureFailure, ok, type Result } from '@prism-build/errors';
import type { BenchReport } from '@prism-build/measure';
import * as z from 'zod';
import { mainSide, shownPlatform } from './components';

/** The figures of an image at a commit: a line of the history. */
const figures = z.strictObject({
  commit: z.string().regex(/^[0-9a-f]{40,64}$/),
  time: z.iso.datetime({ offset: true }).describe('Of the commit, so that every machine has the same order.'),
  image: z.string().describe('The project; with +<variant> for a variant.'),
  platform: z.string(),
  digest: z.string(),
  size: z.int().nonnegative().describe('Bytes of all tars of layers.'),
  compressed: z.int().nonnegative().describe('Bytes of all blobs of layers.'),
  ready: z.number().nonnegative().optional().describe('Median time to ready in ms, the floor included.'),
  floor: z.number().positive().optional().describe('Median time of a program that does nothing, in ms.'),
  memory: z.number().nonnegative().optional().describe('Median PSS in bytes when ready.'),
  host: z.string().optional().describe('Fingerprint of the machine; times of others cannot be compared.'),
});

export type Figures = z.infer<typeof figures>;

/** Reads a history: JSON lines, empty ones allowed. Failure: BENCH_HISTORY_INVALID with the line. */
export function parseHistory(text: string, file: string): Result<Figures[]> {
  const lines = text.split('\n').map((line, at): Result<Figures[]> => {
    if (line.trim() === '') return ok([]);
    const invalid = (why: string) =>
      failed(
        measureFailure('BENCH_HISTORY_INVALID', {
          what: `${file} has a line that is not a line of the history`,
          why,
          at: { file, line: at + 1 },
        }),
      );
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (error) {
      return invalid((error as Error).message);
    }
    const parsed = figures.safeParse(value);
    return parsed.success ? ok([parsed.data]) : invalid(z.prettifyError(parsed.error));
  });
  const read = all(lines);
  return read.ok ? ok(read.value.flat()) : read;
}

/** A line for each image and platform, each ending with a line feed. */
export function encodeHistory(history: readonly Figures[]): string {
  return history.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/**
 * The history with the figures of `report`, if its commit is known. The same image at the same commit is replaced, so recording
 * twice changes nothing. New lines are at the end, so branches can be merged line by line.
 */
export function record(history: readonly Figures[], report: BenchReport, time: string): Figures[] {
  if (report.commit === undefined) return [...history];
  const line = figuresOf(report, report.commit, time);
  const same = (one: Figures) =>
    one.commit === line.commit &&
    one.image === line.image &&
    one.platform === line.platform &&
    (one.host ?? line.host) === (line.host ?? one.host);
  const at = history.findIndex(same);
  return at < 0 ? [...history, line] : history.with(at, line);
}

function figuresOf(report: BenchReport, commit: string, time: string): Figures {
  const { platform, size, uncompressedSize } = shownPlatform(report);
  const side = report.start?.noise.tooNoisy ? undefined : mainSide(report);
  return {
    commit,
    time,
    image: report.image,
    platform,
    digest: report.digest,
    size: uncompressedSize,
    compressed: size,
    ...(side && { ready: side.ready.median, floor: side.floor.median }),
    ...(side?.idle && { memory: side.idle.median }),
    ...(side && { host: report.start!.host.fingerprint }),
  };
}
