import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { SecretSource } from '@prism-build/engine';
import { engineFailure, type Failure, failed, ok, type Place, type Result } from '@prism-build/errors';
import type { RunStep } from '@prism-build/plan';
import type { BuildOptions } from '../options';

/** The sources of a command's secrets. Only the engine reads their values; they are in no cache key. */
export function findSecrets(
  root: string,
  { mounts }: RunStep,
  secrets: BuildOptions['secrets'],
  at: Place,
): Result<SecretSource[]> {
  const found = new Map<string, SecretSource>();
  const failures: Failure[] = [];
  for (const mount of mounts) {
    if (mount.type !== 'secret') continue;
    const { id, required } = mount;
    const source = secrets[id];
    const missing = (what: string) => {
      if (required) failures.push(engineFailure('SECRET_MISSING', { what, at }));
    };
    if (!source) missing(`nothing says where the secret ${id} is`);
    else if ('env' in source) {
      if (process.env[source.env] === undefined)
        missing(`the secret ${id} is not in the environment as ${source.env}`);
      else found.set(id, { id, env: source.env });
    } else if (!existsSync(resolve(root, source.file)))
      missing(`there is no ${source.file} with the secret ${id}`);
    else found.set(id, { id, file: resolve(root, source.file) });
  }
  return failures.length > 0 ? failed(...failures) : ok([...found.values()]);
}
