import { PassThrough } from 'node:stream';
import type { ExecutorContext } from '@nx/devkit';
import { type Engine, loadNames, parseInspect } from '@prism-build/engine';
import { engineFailure, failed, ok, type Result } from '@prism-build/errors';
import {
  hexOf,
  type PlatformImage,
  platformName,
  writeDockerArchive,
  writeOciArchive,
} from '@prism-build/oci';
import { withLock } from '@prism-build/shell';
import { lockPath } from '../workspace/directories';
import { engineRun, pickEngine } from '../workspace/engine';
import { readVerifiedImage, type VerifiedImage } from '../workspace/image';
import { checkName } from './checkName';
import type { LoadOptions } from './options';

/** Brings the host's platform (or all) of an image into the engine, under its names; what is there stays. */
export async function loadStep(
  project: string,
  options: LoadOptions,
  context: ExecutorContext,
): Promise<Result<string>> {
  const name = checkName(project, options.prefix, context);
  if (!name.ok) return name;
  const engine = pickEngine(options.engine);
  if (!engine.ok) return engine;
  const verified = await readVerifiedImage(project, options.variant, context);
  if (!verified.ok) return verified;
  const { image, directories } = verified.value;
  const host = process.arch === 'x64' ? 'amd64' : process.arch;
  const chosen = image.platforms.filter(
    ({ platform }) => options.allPlatforms || platform.architecture === host,
  );
  if (chosen.length === 0) {
    const what = `the image has no platform for this machine (${host}), only ${image.platforms.map((one) => platformName(one.platform)).join(', ')}`;
    return failed(engineFailure('LOAD_PLATFORM_MISSING', { what }));
  }
  const planned = chosen.map((one) => {
    const architecture = one.platform.architecture;
    return {
      one,
      names: loadNames(name.value, image.index.digest, {
        variant: options.variant,
        architecture: architecture === host ? undefined : architecture,
      }),
    };
  });
  if (options.dryRun) {
    const plan = planned.map(({ one, names }) => ({
      engine: engine.value.name,
      id: one.config.digest,
      names,
    }));
    return ok(`${JSON.stringify(plan, null, 2)}\n`);
  }
  // One writer a store: engines lock and sync on their own, but badly under many writers (podman issue 19824).
  return withLock(lockPath(directories, `load-${engine.value.name}`), async () => {
    const lines: string[] = [];
    for (const { one, names } of planned) {
      const loaded = await loadPlatform(engine.value, one, names, verified.value);
      if (!loaded.ok) return loaded;
      lines.push(
        `  ${platformName(one.platform).padEnd(14)} ${loaded.value.padEnd(9)} ${names.join('  ')}\n`,
      );
    }
    return ok(lines.join(''));
  });
}

async function loadPlatform(
  engine: Engine,
  image: PlatformImage,
  names: readonly [string, ...string[]],
  { store, directory, directories, fetchBases }: VerifiedImage,
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
    // When the engine ends early its own message says more than our broken pipe.
    if (!loaded.ok)
      return failed(...loaded.failures.map((failure) => engineFailure('ENGINE_FAILED', failure)));
    if (!written.ok) return written;
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
