import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The path of a command, also where only root's PATH leads. */
export function which(command: string, path = process.env.PATH ?? ''): string | undefined {
  return [...path.split(delimiter), '/usr/sbin', '/sbin']
    .map((directory) => join(directory, command))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** What a test needs that not every machine has, and whether this one has it. */
export interface Need {
  readonly what: string;
  readonly there: boolean;
  /** A kernel or a container around the tests may refuse it whatever is installed: then CI skips as well. */
  readonly sandboxMayRefuse?: boolean;
}

export const command = (name: string, debian = name): Need => ({
  what: `${name} (Debian: apt-get install ${debian})`,
  there: which(name) !== undefined,
});
export const podman = command('podman');
export const skopeo = command('skopeo');
export const root: Need = {
  what: 'root, for ports below 1024 and other user ids',
  there: process.getuid?.() === 0,
  sandboxMayRefuse: true,
};
export const postgresql: Need = {
  what: 'PostgreSQL (Debian: apt-get install postgresql)',
  there: existsSync('/usr/lib/postgresql') || which('initdb') !== undefined,
};

/**
 * `describe` where everything is there. Otherwise each test of the suite is skipped and counted with the reason; on
 * CI a missing tool is a failure, since a green run that tested nothing is worse than a red one.
 */
export function describeWith(needs: readonly Need[], name: string, suite: () => void): void {
  const missing = needs.filter(({ there }) => !there);
  if (missing.length === 0) return void describe(name, suite);
  const reason = missing.map(({ what }) => what).join(', ');
  const excused = missing.every(({ sandboxMayRefuse }) => sandboxMayRefuse);
  if (process.env.CI && !excused) {
    test(name, () => {
      throw new Error(`CI must have ${reason}`);
    });
  } else {
    describe.skip(`${name} [needs ${reason}]`, suite);
  }
}
