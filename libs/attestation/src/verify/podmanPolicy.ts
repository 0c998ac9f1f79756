import { canonicalJson } from '@prism-build/oci';

/** A namespace or repository, and the public keys in PEM of which one must have signed. */
export interface TrustedNamespace {
  readonly namespace: string;
  readonly keys: readonly string[];
}

/** A file of podman and skopeo: its name in a directory, and its text. */
export interface PodmanFile {
  readonly name: string;
  readonly text: string;
}

/**
 * The files that make podman and skopeo accept only images of these namespaces, each signed by one of its keys
 * (containers-policy.json(5), containers-registries.d(5)).
 */
export function podmanFiles(trusted: readonly TrustedNamespace[]): readonly PodmanFile[] {
  const docker = Object.fromEntries(trusted.map(({ namespace, keys }) => [namespace, [requirementOf(keys)]]));
  const policy = { default: [{ type: 'reject' }], transports: { docker } };
  const lines = trusted.map(
    ({ namespace }) => `  ${JSON.stringify(namespace)}:\n    use-sigstore-attachments: true\n`,
  );
  return [
    { name: 'policy.json', text: `${canonicalJson(policy, 2)}\n` },
    { name: 'registries.d/prism.yaml', text: `docker:\n${lines.join('')}` },
  ];
}

/** Older versions know `keyData` only. */
function requirementOf(keys: readonly string[]) {
  const data = keys.map((pem) => Buffer.from(pem).toString('base64'));
  return {
    type: 'sigstoreSigned',
    ...(data.length === 1 ? { keyData: data[0]! } : { keyDatas: data }),
    signedIdentity: { type: 'matchRepository' },
  };
}
