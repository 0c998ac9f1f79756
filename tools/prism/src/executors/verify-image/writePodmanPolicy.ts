import { mkdirSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { type Cosign, podmanFiles, readKeys, type VerifyPolicy } from '@prism-build/attestation';
import { failed, ok, type Result, verifyFailure } from '@prism-build/errors';
import { attempt, writeFileAtomic } from '@prism-build/shell';
import { keyIn } from '../../signing/openSigner';

/** Writes the policy for podman and skopeo from keys; returns the names of the files, one a line. */
export async function writePodmanPolicy(
  root: string,
  directory: string,
  { rules }: VerifyPolicy,
  cosign: Cosign,
): Promise<Result<string>> {
  const trusted = [];
  for (const [at, { repositories, keys }] of rules.entries()) {
    if (keys === undefined) {
      const what = `rules.${at} of the policy has no keys, and podman cannot verify identities of workflows`;
      const remedy = 'Add a key, with which the image is signed too, or leave podman without a policy.';
      return failed(verifyFailure('VERIFY_POLICY_INVALID', { what, remedy }));
    }
    const read = await readKeys(
      cosign,
      keys.map((key) => keyIn(root, key)),
      process.env,
    );
    if (!read.ok) return read;
    const pems = read.value.map(({ pem }) => pem);
    trusted.push(...repositories.map((namespace) => ({ namespace, keys: pems })));
  }
  const files = podmanFiles(trusted).map(({ name, text }) => ({
    path: resolve(root, directory, name),
    text,
  }));
  const written = await attempt(`cannot write ${directory}`, () => {
    for (const { path, text } of files) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileAtomic(path, text);
    }
  });
  return written.ok ? ok(files.map(({ path }) => `  ${relative(root, path)}\n`).join('')) : written;
}
