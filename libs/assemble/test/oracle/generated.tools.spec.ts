import { podman, testWith } from '../../../../test/support/needs';
import { treeSeed } from '../../../../test/support/treeSeed';
import type { OracleCase } from './case';
import { unexplained } from './exceptions';
import { generateCase } from './generate';
import { openPodman } from './podman';
import { runCase, runCases } from './runCases';
import { shrinkCase } from './shrink';

jest.setTimeout(600_000);

const seed = Number(process.env.ORACLE_SEED ?? treeSeed());
const runs = Number(process.env.ORACLE_RUNS ?? 200);

testWith([podman], `${runs} generated cases are what podman build makes of them`, async () => {
  process.stderr.write(`oracle: ORACLE_SEED=${seed} ORACLE_RUNS=${runs}\n`);
  const cases = Array.from({ length: runs }, (_, at) => generateCase(seed + at));
  const verdicts = await runCases(cases, 'any');
  const built = verdicts.filter((verdict) => verdict.built).length;
  process.stderr.write(`oracle: ${built} images compared, ${runs - built} refusals\n`);
  const failing = cases.flatMap((oracleCase, at) => {
    const left = unexplained(verdicts[at]!.problems, oracleCase);
    return left.length > 0 ? [{ oracleCase, left }] : [];
  });
  const reports = failing.slice(1).map(({ oracleCase, left }) => report(oracleCase, left));
  if (failing[0]) reports.unshift(await reportSmallest(failing[0].oracleCase));
  expect(reports.join('\n')).toBe('');
  // A grammar whose cases are mostly refused would prove little.
  expect(built * 5).toBeGreaterThan(runs * 2);
});

async function reportSmallest(oracleCase: OracleCase): Promise<string> {
  const podman = openPodman();
  const judged = async (each: OracleCase) => unexplained((await runCase(each, podman, 'any')).problems, each);
  try {
    const smallest = await shrinkCase(oracleCase, async (smaller) => (await judged(smaller)).length > 0);
    return report(smallest, await judged(smallest));
  } finally {
    await podman.close();
  }
}

function report({ name, containerfile, context, bases }: OracleCase, left: readonly string[]): string {
  const shown = JSON.stringify(
    { context, bases },
    (key, value) => (key === 'content' ? undefined : value),
    1,
  );
  return `${name}\n${containerfile}${shown}\n${left.join('\n')}\n`;
}
