import * as z from 'zod';

/** Entries of docker's config.json and of auth.json (containers-auth.json(5)) that decide where credentials are. */
const authFile = z.looseObject({
  auths: z.record(z.string(), z.looseObject({ auth: z.string().optional() })).optional(),
  credHelpers: z.record(z.string(), z.string()).optional(),
  credsStore: z.string().optional(),
});

/** Names of the variables with credentials for the registry that is pushed to. */
export const credentialVariables = {
  user: 'PRISM_REGISTRY_USER',
  password: 'PRISM_REGISTRY_PASSWORD',
} as const;

/** What decides which credentials a push uses. */
export interface CredentialFacts {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The text of docker's config.json, if there is one. */
  readonly dockerConfig: string | undefined;
  /** The text of auth.json of `podman login`, if there is one. */
  readonly authJson: string | undefined;
  /** The text of the file that REGISTRY_AUTH_FILE names, if there is one. */
  readonly authFile: string | undefined;
}

/**
 * The content of an authentication file for skopeo and cosign; undefined if both find the credentials themselves, in docker's
 * config.json. Neither reads variables; skopeo ignores `credsStore` of Docker, and cosign auth.json if there is a config.json.
 */
export function makeAuthFile(
  registry: string,
  { env, dockerConfig, authJson, authFile }: CredentialFacts,
): string | undefined {
  const user = env[credentialVariables.user];
  const password = env[credentialVariables.password];
  if (user && password) {
    const auth = Buffer.from(`${user}:${password}`).toString('base64');
    return JSON.stringify({ auths: { [registry]: { auth } } });
  }
  if (env.REGISTRY_AUTH_FILE) return authFile;
  if (names(parse(authJson), registry)) return authJson;
  const docker = parse(dockerConfig);
  if (docker?.credsStore === undefined || names(docker, registry)) return undefined;
  return JSON.stringify({ credHelpers: { [registry]: docker.credsStore } });
}

/** Whether a file has credentials, or a helper, for a registry. With `credsStore`, Docker leaves empty entries. */
function names(file: z.infer<typeof authFile> | undefined, registry: string): boolean {
  return file?.auths?.[registry]?.auth !== undefined || file?.credHelpers?.[registry] !== undefined;
}

function parse(text: string | undefined): z.infer<typeof authFile> | undefined {
  try {
    return authFile.safeParse(JSON.parse(text ?? 'null')).data;
  } catch {
    return undefined;
  }
}
