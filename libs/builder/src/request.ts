import { join } from 'node:path';
import { type Platform, parseContainerfile, parsePlatform } from '@prism-build/containerfile';
import { all, failed, imageFailure, ok, type Result, shellFailure } from '@prism-build/errors';
import type { PlanOptions, ReadRequest } from '@prism-build/plan';
import { readTextIfThere } from '@prism-build/shell';
import { buildPlatform, valuesOf } from '@prism-build/workspace';
import type { BuildOptions } from './options';
import { hasRootfs } from './rootfs';

/** The Containerfile and the options of a target as planners take them. */
interface PlanRequest extends ReadRequest, Omit<PlanOptions, 'bases'> {
  readonly contexts: readonly string[];
}

/** Reads the Containerfile and turns options into what planners take. */
export function readRequest(root: string, options: BuildOptions): Result<PlanRequest> {
  const text = readTextIfThere(join(root, options.containerfile));
  if (text === undefined) {
    const what = `there is no ${options.containerfile}`;
    return failed(
      shellFailure('FILE_UNREADABLE', { what, remedy: 'Correct the option containerfile of the target.' }),
    );
  }
  const containerfile = parseContainerfile(text, options.containerfile);
  const platforms = all(options.platforms.map(readPlatform));
  if (!containerfile.ok || !platforms.ok) {
    return failed(
      ...(containerfile.ok ? [] : containerfile.failures),
      ...(platforms.ok ? [] : platforms.failures),
    );
  }
  return ok({
    containerfile: containerfile.value,
    context: options.context,
    platforms: platforms.value,
    buildPlatform,
    buildArgs: valuesOf(options.buildArgs, process.env),
    target: options.stage,
    compression: options.compression,
    contexts: hasRootfs(root, options.containerfile) ? ['rootfs'] : [],
  });
}

function readPlatform(name: string): Result<Platform> {
  const platform = parsePlatform(name);
  if (platform?.os === 'linux') return ok(platform);
  return failed(
    imageFailure('PLATFORM_NOT_SUPPORTED', { what: `${name} is not a platform that can be built` }),
  );
}
