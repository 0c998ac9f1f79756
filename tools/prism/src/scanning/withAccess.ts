import { resolve } from 'node:path';
import { failed, imageFailure, ok, type Result } from '@prism-build/errors';
import { credentialVariables, parseReference, withCredentials } from '@prism-build/registry';
import { run } from '@prism-build/shell';
import type { RegistryAccess } from './openRegistryImage';

/** The options of `scan` that say how to reach the registries of images. */
interface AccessOptions {
  readonly allowHttp: readonly string[];
  readonly certDir?: string | undefined;
}

/** Gives `work` access to the registry of an image, as `push-manifest` has it. Failure: REFERENCE_INVALID. */
export async function withAccess<T>(
  image: string,
  root: string,
  { allowHttp, certDir }: AccessOptions,
  work: (access: RegistryAccess) => Promise<Result<T>>,
): Promise<Result<T>> {
  const parsed = parseReference(image);
  if (!parsed.ok) return parsed;
  const connection = { allowHttp, certDir: certDir && resolve(root, certDir) };
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
