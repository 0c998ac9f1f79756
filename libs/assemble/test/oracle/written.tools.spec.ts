import { podman, testWith } from '../../../../test/support/needs';
import type { OracleCase } from './case';
import { archiveCases } from './cases/archive';
import { baseCases } from './cases/bases';
import { configCases } from './cases/config';
import { contextCases } from './cases/context';
import { copyCases } from './cases/copy';
import { ownerCases } from './cases/owners';
import { refusedCases } from './cases/refused';
import { stageCases } from './cases/stages';
import { runCases, type Verdict } from './runCases';

jest.setTimeout(600_000);

const all: readonly OracleCase[] = [
  ...copyCases,
  ...contextCases,
  ...archiveCases,
  ...ownerCases,
  ...stageCases,
  ...configCases,
  ...baseCases,
  ...refusedCases,
];
const only = process.env.ORACLE_CASE;
const cases = all.filter(({ name }) => only === undefined || name.includes(only));
let verdicts: Promise<Verdict[]> | undefined;

test('every case has a name of its own', () => {
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
});

cases.forEach((oracleCase, index) => {
  testWith([podman], oracleCase.name, async () => {
    // All cases run at once with the first test: two at a time are faster than one after the other.
    verdicts ??= runCases(cases);
    expect((await verdicts)[index]!.problems).toEqual([]);
  });
});
