import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OracleCase } from './case';
import { judge, type Refusals } from './compare';
import { writeContext } from './context';
import { buildNatively } from './native';
import { openPodman, type Podman } from './podman';

const stores = 2;

export interface Verdict {
  /** What is wrong, by `judge`. */
  readonly problems: readonly string[];
  /** Whether we made an image of it. */
  readonly built: boolean;
}

/** Builds cases both ways, as many at once as there are stores; a verdict for each, in their order. */
export async function runCases(
  cases: readonly OracleCase[],
  refusals: Refusals = 'listed',
): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  const waiting = cases.map((oracleCase, index) => ({ oracleCase, index }));
  await Promise.all(
    Array.from({ length: stores }, async () => {
      const podman = openPodman();
      try {
        for (let next = waiting.shift(); next; next = waiting.shift()) {
          verdicts[next.index] = await runCase(next.oracleCase, podman, refusals);
        }
      } finally {
        await podman.close();
      }
    }),
  );
  return verdicts;
}

/** An exception is a problem of its case too, and stops no other one. */
export async function runCase(
  oracleCase: OracleCase,
  podman: Podman,
  refusals: Refusals = 'listed',
): Promise<Verdict> {
  const home = mkdtempSync(join(tmpdir(), 'prism-case-'));
  const directory = join(home, 'context');
  try {
    writeContext(directory, oracleCase);
    const native = await buildNatively(oracleCase, directory);
    const problems = judge(oracleCase, native, await podman.build(oracleCase, directory), refusals);
    return { problems, built: native.kind === 'image' };
  } catch (error) {
    return { problems: [`threw ${error instanceof Error ? error.stack : String(error)}`], built: false };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
