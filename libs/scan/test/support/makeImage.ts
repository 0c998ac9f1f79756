import type { Result } from '@prism-build/errors';
import {
  buildImage,
  type ContentStore,
  type DigestJson,
  type Entry,
  type HistoryStep,
  type ImageSettings,
  putBlobs,
  putLayer,
} from '@prism-build/oci';
import type { Files } from './packages';

export function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(result.failures.map(({ code, what, why }) => `${code}: ${what} ${why}`).join('\n'));
}

/** One image for each of these platforms, made in a store. */
export async function makeImage(
  store: ContentStore,
  platforms: readonly {
    readonly architecture?: string;
    readonly layers: readonly Files[];
    readonly settings?: ImageSettings;
    readonly history?: readonly HistoryStep[];
  }[],
): Promise<DigestJson> {
  const inputs = [];
  for (const { architecture = 'amd64', layers, settings = {}, history } of platforms) {
    const packed = [];
    for (const files of layers) {
      const layer = unwrap(
        await putLayer(store, Object.entries(files).map(toEntry), { compression: 'zstd' }),
      );
      packed.push({ ...layer, origin: 'own' } as const);
    }
    inputs.push({ platform: { os: 'linux', architecture }, settings, layers: packed, history });
  }
  const { digestJson, blobs } = unwrap(buildImage(inputs));
  unwrap(await putBlobs(store, blobs));
  return digestJson;
}

function toEntry([path, content]: [string, string | Uint8Array]): Entry {
  const bytes = Buffer.from(content);
  return { type: 'file', path, mode: 0o755, uid: 0, gid: 0, content: { kind: 'bytes', bytes } };
}
