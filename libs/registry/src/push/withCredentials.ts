import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Result } from '@prism-build/errors';
import { attempt, readText, readTextIfThere } from '@prism-build/shell';
import { credentialVariables, makeAuthFile } from './credentials';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Gives `work` the environment in which skopeo and cosign find the credentials for a registry. A file that is made for that is readable by
 * this user only, and removed afterwards. `undefined` inherits the environment.
 */
export async function withCredentials<T>(
  registry: string,
  env: Environment,
  work: (env: Readonly<Record<string, string>> | undefined) => Promise<Result<T>>,
): Promise<Result<T>> {
  const text = makeAuthFile(registry, {
    env,
    dockerConfig: readTextIfThere(
      join(env.DOCKER_CONFIG ?? join(env.HOME ?? homedir(), '.docker'), 'config.json'),
    ),
    authJson: readTextIfThere(authJsonPath(env)),
    // May be a pipe of the shell: <(…).
    authFile: env.REGISTRY_AUTH_FILE ? readText(env.REGISTRY_AUTH_FILE) : undefined,
  });
  if (text === undefined) return work(undefined);
  // A directory of the session is in memory, where there is one.
  const made = await attempt('cannot write a file for credentials', () => {
    const directory = mkdtempSync(join(env.XDG_RUNTIME_DIR || tmpdir(), 'prism-auth-'));
    writeFileSync(join(directory, 'config.json'), text, { mode: 0o600 });
    return directory;
  });
  if (!made.ok) return made;
  try {
    return await work(withFile(env, made.value));
  } finally {
    rmSync(made.value, { recursive: true, force: true });
  }
}

/** Both kinds of files have one format. cosign looks for a directory with config.json. */
function withFile(env: Environment, directory: string): Record<string, string> {
  const { [credentialVariables.user]: _user, [credentialVariables.password]: _password, ...rest } = env;
  const set = Object.entries(rest).filter((one): one is [string, string] => one[1] !== undefined);
  return {
    ...Object.fromEntries(set),
    REGISTRY_AUTH_FILE: join(directory, 'config.json'),
    DOCKER_CONFIG: directory,
  };
}

/** Where `podman login` and `skopeo login` write (containers-auth.json(5)). */
function authJsonPath({ XDG_RUNTIME_DIR: runtime }: Environment): string {
  return join(
    runtime || `/run/containers/${process.getuid?.() ?? 0}`,
    runtime ? 'containers' : '',
    'auth.json',
  );
}
