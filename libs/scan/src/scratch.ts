import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from '@prism-build/errors';
import { attempt, isTemporary } from '@prism-build/shell';

/** In milliseconds; far more than a call of a scanner may take. A temporary directory that is older was left by a killed scan. */
const LEFT = 3_600_000;

/**
 * Removes what killed scans left: temporary directories, and files that were not renamed among the stored results. What cannot
 * be removed stays.
 */
export async function removeLeft(scratch: string, kept: string | undefined): Promise<void> {
  await attempt(`cannot clean ${scratch}`, () => {
    const files =
      kept === undefined
        ? []
        : listNames(kept)
            .filter(isTemporary)
            .map((name) => join(kept, name));
    for (const path of [...listNames(scratch).map((name) => join(scratch, name)), ...files]) {
      const found = statSync(path, { throwIfNoEntry: false });
      if (found && Date.now() - found.mtimeMs > LEFT) rmSync(path, { recursive: true, force: true });
    }
  });
}

function listNames(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory) : [];
}

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
