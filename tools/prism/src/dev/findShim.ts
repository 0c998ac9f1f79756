import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The shim for an architecture: a file of the package, which is above the compiled entries in a checkout as well. */
export function findShim(architecture: string): string {
  for (let directory = __dirname; ; directory = dirname(directory)) {
    const file = join(directory, 'shim', `linux-${architecture}`);
    if (existsSync(file) || directory === dirname(directory)) return file;
  }
}
