import { type Digest, digestOf } from '@prism-build/oci';

/** Puts a new empty index into a repository. Signing needs only a digest; contents do not matter. */
export async function putManifest(
  registry: { readonly host: string; readonly headers: Readonly<Record<string, string>> },
  repository: string,
): Promise<Digest> {
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  const annotations = { made: `${process.hrtime.bigint()}` };
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, manifests: [], annotations }));
  const digest = digestOf(bytes);
  const url = `http://${registry.host}/v2/${repository}/manifests/${digest}`;
  const headers = { ...registry.headers, 'content-type': mediaType };
  const answer = await fetch(url, { method: 'PUT', headers, body: bytes });
  if (answer.status !== 201) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return digest;
}
