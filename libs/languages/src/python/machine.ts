import { basename } from 'node:path';
import type { Target } from '../language';

const machines: Readonly<Record<string, string>> = { amd64: 'x86_64', arm64: 'aarch64', '386': 'i686' };

/** The machine of a target, as wheels and GNU tools name it. */
export function machineOf({ architecture }: Target): string {
  return machines[architecture] ?? architecture;
}

/** The minor version, which decides which wheels fit: `3.11` of /usr/bin/python3.11. */
export function pythonVersionOf(command: string): string {
  return basename(command).replace('python', '');
}
