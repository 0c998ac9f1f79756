import { basename } from 'node:path';
import type { Target } from '../language';

const machines: Readonly<Record<string, string>> = { amd64: 'x86_64', arm64: 'aarch64' };

/** The machine of a target, in the words of wheels and of GNU's tools. */
export function machineOf({ architecture }: Target): string {
  return machines[architecture] ?? architecture;
}

/** The minor version, which decides which wheels fit: `3.11` of /usr/bin/python3.11. */
export function pythonVersionOf(command: string): string {
  return basename(command).replace('python', '');
}

/**
 * Which wheels a platform may have, as options of pip: those for the interpreter and for glibc 2.17 to that of
 * Debian bookworm, 2.36 (PEP 600). Source distributions never: what builds them would decide bytes.
 */
export function wheelOptions(version: string, target: Target): string[] {
  const machine = machineOf(target);
  const glibc = Array.from({ length: 36 - 17 + 1 }, (_, step) => `manylinux_2_${36 - step}_${machine}`);
  const values = (name: string, all: readonly string[]) => all.map((value) => `--${name}=${value}`);
  return [
    '--only-binary=:all:',
    '--implementation=cp',
    `--python-version=${version}`,
    ...values('abi', [`cp${version.replace('.', '')}`, 'abi3', 'none']),
    ...values('platform', [...glibc, `manylinux2014_${machine}`, `linux_${machine}`]),
  ];
}
