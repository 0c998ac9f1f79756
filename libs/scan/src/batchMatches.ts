import type { Result } from '@prism-build/errors';
import type { Finding } from '@prism-build/policy';
import type { Database } from './database';
import type { Scanner } from './scanner';

interface Request {
  readonly inventories: readonly Uint8Array[];
  readonly database: Database;
  readonly answer: (result: Result<readonly (readonly Finding[])[]>) => void;
}

/**
 * The same scanner with one process at a time: requests that arrive while it runs are matched together by the next one.
 * If that fails, each is matched alone, so one bad inventory fails only its own image.
 */
export function batchMatches(scanner: Scanner): Scanner {
  let waiting: readonly Request[] = [];
  let running = false;
  async function drain(): Promise<void> {
    running = true;
    // Requests made in the same turn belong together.
    await Promise.resolve();
    while (waiting.length > 0) {
      const { database } = waiting[0]!;
      const batch = waiting.filter((one) => one.database.digest === database.digest);
      waiting = waiting.filter((one) => one.database.digest !== database.digest);
      await matchBatch(scanner, database, batch);
    }
    running = false;
  }
  return {
    ...scanner,
    match: (inventories, database) =>
      new Promise((answer) => {
        waiting = [...waiting, { inventories, database, answer }];
        if (!running) void drain();
      }),
  };
}

async function matchBatch(scanner: Scanner, database: Database, batch: readonly Request[]): Promise<void> {
  const all = await scanner.match(
    batch.flatMap(({ inventories }) => inventories),
    database,
  );
  if (!all.ok && batch.length > 1) {
    for (const one of batch) one.answer(await scanner.match(one.inventories, database));
    return;
  }
  let from = 0;
  for (const { inventories, answer } of batch) {
    const [start, end] = [from, from + inventories.length];
    from = end;
    answer(all.ok ? { ok: true, value: all.value.slice(start, end) } : all);
  }
}
