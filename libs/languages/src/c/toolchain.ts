import { join } from 'node:path';
import { compileFailure, failed, ok, type Result } from '@prism-build/errors';
import type { Machine, Obtaining, Toolchain } from '../language';
import type { Pin } from '../pin';
import { pipInherits } from '../pip';

/** The path of the wheel in the builder base. */
const ofBuilder = '/usr/local/lib/zig';

/** Zig as a wheel of the Python registry: in the cache by its digest, or in the builder base by its version. */
export function findZig(pin: Pin, machine: Machine, cache: string): Result<Toolchain> {
  const what = `this stage is pinned to Zig ${pin.version}`;
  for (const root of [fetchedRoot(pin, cache), ofBuilder]) {
    const command = root && join(root, 'ziglang', 'zig');
    // pip writes this file last: if it is missing, unpacking was interrupted.
    const metadata = root && machine.readText(join(root, `ziglang-${pin.version}.dist-info`, 'METADATA'));
    if (command && metadata !== undefined && machine.isExecutable(command)) return ok({ command, root });
  }
  const why = fetchedRoot(pin, cache)
    ? 'it was not fetched'
    : `the pin names no wheel for ${hostArchitecture()}`;
  return failed(compileFailure('TOOLCHAIN_MISSING', { what, why }));
}

/**
 * pip verifies the wheel against the pin's digest. Temporary files are on the same file system, so directories can be
 * renamed.
 */
export function obtainZig(pin: Pin, machine: Machine, cache: string): Obtaining | undefined {
  const pip = ['pip3', 'pip']
    .flatMap((name) => machine.path.map((directory) => join(directory, name)))
    .find(machine.isExecutable);
  const root = fetchedRoot(pin, cache);
  if (pip === undefined || root === undefined) return undefined;
  const directory = join(cache, 'zig');
  const argv = [
    // Standard input may be a socket, which cannot be opened as /dev/stdin.
    ...(['/bin/sh', '-c', 'cat | "$@"', 'sh'] as const),
    ...([pip, 'install', `--target=${root}`, '--upgrade', '--no-deps', '--no-compile'] as const),
    ...['--only-binary=:all:', '--require-hashes', '--no-input', '--no-cache-dir'],
    ...['--disable-pip-version-check', '--requirement=/dev/stdin'],
  ] as const;
  const env = { PATH: machine.path.join(':'), LANG: 'C.UTF-8', TMPDIR: directory };
  const input = `ziglang==${pin.version} --hash=${wheelOf(pin)!}\n`;
  return { call: { argv, cwd: directory, env, input }, executable: [], inherits: pipInherits };
}

const hostArchitecture = (): string => (process.arch === 'x64' ? 'amd64' : process.arch);

const wheelOf = ({ wheels }: Pin): string | undefined => wheels?.[hostArchitecture()];

function fetchedRoot(pin: Pin, cache: string): string | undefined {
  const wheel = wheelOf(pin);
  return wheel && join(cache, 'zig', wheel.replace('sha256:', ''));
}
