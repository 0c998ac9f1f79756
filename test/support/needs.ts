import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdtempSync, rmdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** The path of a command; also searches directories that are only on root's PATH. */
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

/** Something that a test needs and some machines lack, and whether this machine has it. */
export interface Need {
  readonly what: string;
  readonly there: boolean;
  /** The kernel or an outer container may forbid it whatever is installed; then CI skips as well. */
  readonly sandboxMayRefuse?: boolean;
}

export const command = (name: string, debian = name): Need => ({
  what: `${name} (Debian: apt-get install ${debian})`,
  there: which(name) !== undefined,
});
export const podman = command('podman');
export const chromium = command('chromium-headless-shell');
export const skopeo = command('skopeo');
export const dockerRegistry = command('docker-registry');
export const openssl = command('openssl');
export const go: Need = {
  what: 'go (https://go.dev/dl)',
  there: which('go') !== undefined,
};
export const root: Need = {
  what: 'root, for ports below 1024 and other user ids',
  there: process.getuid?.() === 0,
  sandboxMayRefuse: true,
};
export const postgresql: Need = {
  what: 'PostgreSQL (Debian: apt-get install postgresql)',
  there: existsSync('/usr/lib/postgresql') || which('initdb') !== undefined,
};

/** Mounts of tmpfs, which many containers forbid even to root. */
export function mounts(): Need {
  const at = mkdtempSync(join(tmpdir(), 'prism-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', at], { stdio: 'ignore' });
    execFileSync('umount', [at]);
    return { what: 'root that may mount', there: true };
  } catch {
    return { what: 'root that may mount', there: false, sandboxMayRefuse: true };
  } finally {
    rmdirSync(at);
  }
}

/** A writable directory on another file system than the temporary directory. */
export const otherFileSystem: Need = {
  what: '/dev/shm on a file system of its own',
  there: existsSync('/dev/shm') && statSync('/dev/shm').dev !== statSync(tmpdir()).dev,
  sandboxMayRefuse: true,
};

/**
 * `describe` if everything is available. Otherwise each test of the suite is skipped and counted with the reason. On
 * CI, a missing tool is a failure, because a green run that tested nothing would mislead.
 */
export function describeWith(needs: readonly Need[], name: string, suite: () => void): void {
  const missing = explainMissing(needs);
  if (missing === undefined) describe(name, suite);
  else if (missing.fails) test(name, () => failFor(missing.reason));
  else describe.skip(`${name} [needs ${missing.reason}]`, suite);
}

/** `test` under the same conditions. */
export function testWith(
  needs: readonly Need[],
  name: string,
  body: () => Promise<void>,
  limit?: number,
): void {
  const missing = explainMissing(needs);
  if (missing === undefined) test(name, body, limit);
  else if (missing.fails) test(name, () => failFor(missing.reason));
  else test.skip(`${name} [needs ${missing.reason}]`, body);
}

function explainMissing(needs: readonly Need[]) {
  const missing = needs.filter(({ there }) => !there);
  if (missing.length === 0) return undefined;
  const excused = missing.every(({ sandboxMayRefuse }) => sandboxMayRefuse);
  const reason = missing.map(({ what }) => what).join(', ');
  return { reason, fails: Boolean(process.env.CI) && !excused };
}

function failFor(reason: string): never {
  throw new Error(`CI must have ${reason}`);
}
