import { gzipSync } from 'node:zlib';
import {
  canonicalJson,
  type Descriptor,
  type Digest,
  describeBytes,
  digestOf,
  type Entry,
  type Json,
  writeLayerTar,
} from '@prism-build/oci';

/** An image as other tools make them: gzip layers, times, and Docker's media types on request. */
export interface ForeignImage {
  readonly platforms: readonly string[];
  /** Lowest first. `$arch` in a text is replaced by the architecture. */
  readonly layers: readonly Readonly<Record<string, string>>[];
  readonly config?: Readonly<Record<string, Json>>;
  readonly docker?: boolean;
}

export interface Pushed {
  readonly digest: Digest;
  readonly layers: readonly Digest[];
}

const types = {
  oci: {
    index: 'application/vnd.oci.image.index.v1+json',
    manifest: 'application/vnd.oci.image.manifest.v1+json',
    config: 'application/vnd.oci.image.config.v1+json',
    layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  },
  docker: {
    index: 'application/vnd.docker.distribution.manifest.list.v2+json',
    manifest: 'application/vnd.docker.distribution.manifest.v2+json',
    config: 'application/vnd.docker.container.image.v1+json',
    layer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  },
};

/** Pushes an image to a registry on loopback through its API, byte for byte. */
export async function pushImage(
  { host, headers }: { readonly host: string; readonly headers: Readonly<Record<string, string>> },
  name: string,
  image: ForeignImage,
): Promise<Pushed> {
  const [repository, tag] = name.split(':') as [string, string];
  const base = `http://${host}/v2/${repository}`;
  const type = image.docker ? types.docker : types.oci;
  const send = async (url: string, method: string, body?: Uint8Array, more = {}) => {
    const answer = await fetch(url, { method, headers: { ...headers, ...more }, body: body ?? null });
    if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${await answer.text()}`);
    return answer;
  };
  const putBlob = async (mediaType: string, bytes: Uint8Array): Promise<Descriptor> => {
    const started = await send(`${base}/blobs/uploads/`, 'POST');
    const where = new URL(started.headers.get('location')!, base);
    const { digest } = describeBytes(mediaType, bytes);
    where.searchParams.set('digest', digest);
    await send(where.href, 'PUT', bytes, { 'content-type': 'application/octet-stream' });
    return describeBytes(mediaType, bytes);
  };
  const putManifest = async (mediaType: string, reference: string | undefined, value: Json) => {
    const bytes = Buffer.from(`${JSON.stringify(value, null, 3)}\n`);
    const descriptor = describeBytes(mediaType, bytes);
    const url = `${base}/manifests/${reference ?? descriptor.digest}`;
    await send(url, 'PUT', bytes, { 'content-type': mediaType });
    return descriptor;
  };
  const layers: Digest[] = [];
  const manifests: Json[] = [];
  for (const platform of image.platforms) {
    const [os, architecture, variant] = platform.split('/') as [string, string, string?];
    const tars = image.layers.map((files) => tarOf(files, architecture));
    const blobs: Descriptor[] = [];
    for (const tar of tars) blobs.push(await putBlob(type.layer, gzipSync(tar)));
    layers.push(...blobs.map(({ digest }) => digest));
    const config = await putBlob(
      type.config,
      Buffer.from(
        canonicalJson({
          ...{ architecture, os, variant, created: '2024-05-06T07:08:09Z', config: image.config ?? {} },
          rootfs: { type: 'layers', diff_ids: tars.map(digestOf) },
          history: tars.map(() => ({ created: '2024-05-06T07:08:09Z', created_by: 'ADD file' })),
        }),
      ),
    );
    const manifest = await putManifest(type.manifest, undefined, {
      schemaVersion: 2,
      mediaType: type.manifest,
      config: { ...config },
      layers: blobs.map((blob) => ({ ...blob })),
    });
    manifests.push({ ...manifest, platform: { os, architecture, variant } });
  }
  const index = { schemaVersion: 2, mediaType: type.index, manifests };
  return { digest: (await putManifest(type.index, tag, index)).digest, layers };
}

/** Paths that end with a slash are directories; texts that start with `->` are links. */
function tarOf(files: Readonly<Record<string, string>>, architecture: string): Buffer {
  const entries = Object.entries(files).map(([path, text]): Entry => {
    const owned = { uid: 0, gid: 0 };
    if (path.endsWith('/')) return { type: 'directory', path: path.slice(0, -1), mode: 0o755, ...owned };
    if (text.startsWith('->'))
      return { type: 'symlink', path, mode: 0o777, ...owned, linkTarget: text.slice(2) };
    const bytes = Buffer.from(text.replaceAll('$arch', architecture));
    return { type: 'file', path, mode: 0o644, ...owned, content: { kind: 'bytes', bytes } };
  });
  return Buffer.concat([...writeLayerTar(entries)].map((chunk) => Buffer.from(chunk)));
}
