import { join } from 'node:path';
import { makeDirectory } from './directory';
import { type Argv, run, tryRun } from './run';
import { gitEnvironment, snapshot } from './snapshot';
import { root } from './workspace';

/**
 * A clone of the work tree in a directory of its own, with the installed npm packages: links to the same files, since
 * node_modules is only read. `as` goes before git: another umask, another user.
 */
export async function makeClone(name: string, as: readonly string[] = []): Promise<string> {
  const at = join(makeDirectory('clone'), name);
  await run(['chmod', '0777', join(at, '..')]);
  const argv = [...as, 'git', '-c', 'safe.directory=*', 'clone', '--quiet', '--no-hardlinks', await snapshot(), at];
  await run(argv as unknown as Argv, { env: gitEnvironment });
  const modules = [join(root, 'node_modules'), join(at, 'node_modules')] as const;
  const linked = await tryRun(['cp', '-al', ...modules]);
  // Another file system, or files of another user: real copies.
  if (linked.code !== 0) {
    await run(['rm', '-rf', modules[1]]);
    await run(['cp', '-a', ...modules]);
  }
  return at;
}
