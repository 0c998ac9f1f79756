import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from '@prism-build/errors';
import { attempt } from '@prism-build/shell';

/** Gives work a temporary directory below `scratch`, and removes it afterwards. What the work throws is a failure. */
export async function withScratch<T>(
  scratch: string,
  prefix: string,
  work: (directory: string) => Promise<Result<T>>,
): Promise<Result<T>> {
  const made = await attempt(`cannot write to ${scratch}`, () => {
    mkdirSync(scratch, { recursive: true });
    return mkdtempSync(join(scratch, `${prefix}-`));
  });
  if (!made.ok) return made;
  try {
    const done = await attempt('cannot scan', () => work(made.value));
    return done.ok ? done.value : done;
  } finally {
    rmSync(made.value, { recursive: true, force: true, maxRetries: 3 });
  }
}
