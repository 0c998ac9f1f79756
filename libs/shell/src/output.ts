/** An output stream of a command. */
export type Stream = 'stdout' | 'stderr';

/** A line that a command printed, without its end. */
export interface OutputLine {
  readonly from: Stream;
  readonly text: string;
}

/** Characters that are kept of each stream. */
const kept = 65_536;

/** Lines of a command's output that a failure shows. */
const linesToShow = 40;

/**
 * The end of a command's output: up to 65,536 characters of each stream, so that a long one does not displace the other.
 * Whole lines in the order in which they arrived; the order between the two streams is not exact.
 */
export class OutputTail {
  private readonly ended: Record<Stream, { at: number; text: string }[]> = { stdout: [], stderr: [] };
  private readonly open: Record<Stream, string> = { stdout: '', stderr: '' };
  private readonly size: Record<Stream, number> = { stdout: 0, stderr: 0 };
  private count = 0;

  add(from: Stream, chunk: string): void {
    const lines = (this.open[from] + chunk).slice(-kept).split('\n');
    this.open[from] = lines.pop() ?? '';
    const ended = this.ended[from];
    for (const text of lines) {
      ended.push({ at: this.count++, text });
      this.size[from] += text.length + 1;
    }
    let old = 0;
    while (this.size[from] > kept) this.size[from] -= (ended[old++]?.text.length ?? 0) + 1;
    ended.splice(0, old);
  }

  lines(): OutputLine[] {
    const of = (from: Stream) => [
      ...this.ended[from].map((line) => ({ ...line, from })),
      ...(this.open[from] === '' ? [] : [{ at: this.count, text: this.open[from], from }]),
    ];
    return [...of('stdout'), ...of('stderr')]
      .sort((a, b) => a.at - b.at)
      .map(({ from, text }) => ({ from, text }));
  }
}

/**
 * The last `count` lines to show, in order: half of them from each stream, more from one if the other has fewer. Skips
 * empty lines at the end of a stream.
 */
export function lastLines(lines: readonly OutputLine[], count = linesToShow): string {
  const of = (from: Stream) => {
    const its = lines.filter((line) => line.from === from);
    return its.slice(0, its.findLastIndex(({ text }) => text.trim() !== '') + 1);
  };
  const [out, err] = [of('stdout'), of('stderr')];
  const share = Math.max(Math.floor(count / 2), count - out.length);
  const shown = new Set([...lastOf(err, share), ...lastOf(out, count - Math.min(err.length, share))]);
  return lines
    .filter((line) => shown.has(line))
    .map(({ text }) => text)
    .join('\n');
}

/** The lines at the end of a whole output, as many as a tail keeps. */
export function linesOf(from: Stream, text: string): OutputLine[] {
  return text
    .slice(-kept)
    .split('\n')
    .map((line) => ({ from, text: line }));
}

function lastOf<T>(items: readonly T[], count: number): readonly T[] {
  return items.slice(Math.max(0, items.length - count));
}
