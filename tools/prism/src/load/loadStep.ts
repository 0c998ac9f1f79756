import type { ExecutorContext } from '@nx/devkit';
import { loadPlatform, pickEngine } from '@prism-build/builder';
import { loadNames } from '@prism-build/engine';
import { engineFailure, failed, ok, type Result } from '@prism-build/errors';
import { platformName } from '@prism-build/oci';
import { withLock } from '@prism-build/shell';
import { lockPath } from '@prism-build/workspace';
import { readVerifiedImage } from '../nx/readVerifiedImage';
import { checkName } from './checkName';

interface LoadOptions {
  readonly engine: 'auto' | 'podman' | 'docker';
  readonly prefix: string;
  readonly variant?: string | undefined;
  /** For the host's platform only, if not. */
  readonly allPlatforms: boolean;
  readonly dryRun: boolean;
}

/**
 * Loads an image for the host's platform (or all) into the engine, with its names. Skips images that are loaded
 * already.
 */
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
  // One writer for each store: engines lock their stores, but handle many writers badly (podman issue 19824).
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
