import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { ok } from '@prism-build/errors';
import { withLock } from '../../src/index';

/**
 * node hold.cjs <lock> <file> count <times>   adds to a number without care: two at once would lose an addition
 * node hold.cjs <lock> <file> forever         takes the lock, says so, and never gives it back
 */
async function main(): Promise<void> {
  const [lock, file, mode, times] = process.argv.slice(2) as [string, string, string, string];
  if (mode === 'forever') {
    await withLock(lock, () => {
      process.stdout.write('held\n');
      return new Promise(() => setInterval(() => undefined, 1000));
    });
  }
  for (let round = 0; round < Number(times); round++) {
    await withLock(lock, async () => {
      if (existsSync(`${file}.inside`)) throw new Error('two are inside');
      writeFileSync(`${file}.inside`, '');
      const before = Number(readFileSync(file, 'utf8'));
      await new Promise((resolve) => setTimeout(resolve, 3));
      writeFileSync(file, String(before + 1));
      rmSync(`${file}.inside`);
      return ok(undefined);
    });
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
