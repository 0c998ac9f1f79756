import { createHash } from 'node:crypto';
import { arch, availableParallelism, cpus, release, totalmem, type } from 'node:os';
import type { StartReport } from '../report/schema';
import { describeValues, spreadOf } from '../stats/distribution';

/** The machine; equal fingerprints mean comparable measurements. `tools` are versions that count as well. */
export function describeHost(tools: readonly string[]): StartReport['host'] {
  const host = {
    cpu: cpus()[0]?.model.trim() || arch(),
    cores: availableParallelism(),
    memory: totalmem(),
    system: `${type()} ${release()}`,
  };
  const text = JSON.stringify([host, ...tools]);
  return { fingerprint: createHash('sha256').update(text).digest('hex').slice(0, 12), ...host };
}

const SPINS = 20;
/** Milliseconds of one spin. */
const SPIN = 10;
/** A machine whose spins vary more is too noisy to judge times. */
const LIMIT = 0.15;

/** Repeats the same calculation: whatever varies is the machine. */
export function measureNoise(): StartReport['noise'] {
  let count = 1 << 12;
  while (spin(count) < SPIN && count < 2 ** 30) count *= 2;
  const values = Array.from({ length: SPINS }, () => spin(count));
  const spread = spreadOf(values);
  return { spin: describeValues(values, 'ms'), spread, limit: LIMIT, tooNoisy: spread > LIMIT };
}

function spin(count: number): number {
  const began = performance.now();
  let value = 1;
  for (let at = 0; at < count; at++) value = Math.imul(value, 1664525) + 1013904223;
  // The result is used, so that the loop is not removed.
  return value === 0.5 ? 0 : performance.now() - began;
}
