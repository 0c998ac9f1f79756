import { failed, imageFailure, ok, type Result } from '@prism-build/errors';
import { credentialVariables, parseReference, withCredentials } from '@prism-build/registry';
import { run } from '@prism-build/shell';
import { type ConnectionOptions, connectionOf } from '../nx/connectionOf';
import type { RegistryAccess } from '../nx/openPull';

/** Gives `work` access to the registry of an image, as `push-manifest` has it. Failure: REFERENCE_INVALID. */
export async function withAccess<T>(
  image: string,
  root: string,
  options: ConnectionOptions,
  work: (access: RegistryAccess) => Promise<Result<T>>,
): Promise<Result<T>> {
  const parsed = parseReference(image);
  if (!parsed.ok) return parsed;
  const connection = connectionOf(root, options);
  return withCredentials(parsed.value.registry, process.env, (env) =>
    work({ connection, run: env ? (command) => run({ ...command, env }) : run }),
  );
}

/** PRISM_REGISTRY_PASSWORD must not go to each registry that a list of images names. Failure: OPTIONS_INVALID. */
export function checkAccess(images: readonly string[], env: NodeJS.ProcessEnv): Result<void> {
  const parsed = images.map((one) => parseReference(one));
  const registries = new Set(parsed.flatMap((one) => (one.ok ? [one.value.registry] : [])));
  const { user, password } = credentialVariables;
  if (registries.size < 2 || !env[user] || !env[password]) return ok(undefined);
  return failed(
    imageFailure('OPTIONS_INVALID', {
      what: `${user} is for one registry, and the images are in ${[...registries].join(' and ')}`,
      remedy: `Unset ${user}, and name a file with the credentials of each registry in REGISTRY_AUTH_FILE (skopeo login --authfile).`,
    }),
  );
}
