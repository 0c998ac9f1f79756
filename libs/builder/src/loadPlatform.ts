import { PassThrough } from 'node:stream';
import { type Engine, parseInspect } from '@prism-build/engine';
import { engineFailure, failed, ok, type Result } from '@prism-build/errors';
import {
  type ContentStore,
  hexOf,
  type ImageLayer,
  type PlatformImage,
  writeDockerArchive,
  writeOciArchive,
} from '@prism-build/oci';
import type { Directories } from '@prism-build/workspace';
import { engineRun } from './engine';

/** Where the blobs of an image are. */
interface Loadable {
  readonly directories: Directories;
  readonly store: ContentStore;
  /** Another place with blobs. */
  readonly directory: string;
  /** Brings those of the layers that are a base's into the store. */
  readonly fetchBases: (layers: readonly ImageLayer[]) => Promise<Result<void>>;
}

/**
 * Brings one platform of an image into an engine, under names; what is there stays. Failures: ENGINE_FAILED,
 * LOAD_MISMATCH, those of reading blobs.
 */
export async function loadPlatform(
  engine: Engine,
  image: PlatformImage,
  names: readonly [string, ...string[]],
  { store, directory, directories, fetchBases }: Loadable,
): Promise<Result<'unchanged' | 'loaded'>> {
  const id = hexOf(image.config.digest);
  const call = engineRun(directories);
  const before = await call({ argv: engine.inspect(id) });
  const known = before.ok ? parseInspect(before.value.stdout) : { id: '', names: [] };
  if (names.every((name) => known.names.includes(name))) return ok('unchanged');
  if (!before.ok) {
    const fetched = await fetchBases(image.layers);
    if (!fetched.ok) return fetched;
    const input = new PassThrough();
    const sources = { store, imageDirs: [directory] };
    const loading = call({ argv: engine.load(), input });
    const written =
      engine.archive === 'oci'
        ? await writeOciArchive(image, names[0], sources, input)
        : await writeDockerArchive(image, [names[0]], sources, input);
    const loaded = await loading;
    if (!written.ok) return written;
    if (!loaded.ok)
      return failed(...loaded.failures.map((failure) => engineFailure('ENGINE_FAILED', failure)));
  }
  for (const name of names) {
    const tagged = await call({ argv: engine.tag(id, name) });
    if (!tagged.ok)
      return failed(...tagged.failures.map((failure) => engineFailure('ENGINE_FAILED', failure)));
  }
  const after = await call({ argv: engine.inspect(id) });
  if (after.ok && parseInspect(after.value.stdout).id === id) return ok('loaded');
  return failed(
    engineFailure('LOAD_MISMATCH', { what: `${engine.name} has no image ${id} after loading ${names[0]}` }),
  );
}
