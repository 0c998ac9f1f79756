import type { CompilerCall, Target, Toolchain } from '../language';
import { machineOf } from './machine';
import { program } from './program';

/**
 * Asks pip what it would install from a requirements.in for a platform. Prints pip's installation report (version 1)
 * on standard output. Installs nothing; files fetched for their metadata go to `scratch`.
 */
export function resolveWheels(
  { command }: Toolchain,
  { requirements, target, scratch }: { requirements: string; target: Target; scratch: string },
): CompilerCall {
  return {
    argv: [
      ...[command, '-I', '-S', '-B', '-', 'resolve', `--machine=${machineOf(target)}`],
      ...[`--target=${scratch}`, `--requirements=${requirements}`],
    ] as unknown as CompilerCall['argv'],
    cwd: scratch,
    env: { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8', HOME: scratch },
    input: program,
  };
}
