import type { Result } from '@prism-build/errors';
import { attempt } from './files';
import type { Command } from './run';

/**
 * Starts a command that outlives this process. A shell starts it in the background and ends, so it is no descendant of ours: Nx
 * ends an executor together with all its descendants. Nobody learns how the command ends. Failure: FILE_UNREADABLE, without a shell.
 */
export async function startApart({ argv, env }: Pick<Command, 'argv' | 'env'>): Promise<Result<void>> {
  const { spawn } = await import('node:child_process');
  const shell = ['-c', '"$@" </dev/null >/dev/null 2>&1 &', 'sh', ...argv];
  return attempt('cannot start sh', () => {
    const child = spawn('sh', shell, { env, stdio: 'ignore', detached: true });
    return new Promise<void>((resolve, reject) => child.on('exit', () => resolve()).on('error', reject));
  });
}
