import type { ExecutorContext } from '@nx/devkit';
import { readRequest } from '@prism-build/builder';
import { formatPlatform } from '@prism-build/containerfile';
import { type PlatformReads, resolveReads } from '@prism-build/plan';
import { openSiblings } from '../nx/openSiblings';

/** What an image's Containerfile says about it. */
export interface Declared {
  /** Relative to the workspace. */
  readonly containerfile: string;
  /** The ports that the stage of a platform and the stages below it expose; undefined if that cannot be known. */
  readonly portsOf: (platform: string) => readonly string[] | undefined;
}

/** Reads the Containerfile of a project's image; undefined if there is none, as for an image of a registry. */
export function readDeclared(
  project: string,
  variant: string | undefined,
  context: ExecutorContext,
): Declared | undefined {
  const options = openSiblings(context).optionsOf(project, variant);
  if (!options.ok) return undefined;
  const request = readRequest(context.root, options.value);
  const reads = request.ok ? resolveReads(request.value).image : request;
  const platforms = reads.ok ? reads.value.platforms : [];
  return {
    containerfile: options.value.containerfile,
    portsOf: (name) => {
      const found = platforms.find(({ platform }) => formatPlatform(platform) === name);
      return found && listPorts(found, found.target);
    },
  };
}

function listPorts({ stages, ...rest }: PlatformReads, index: number): string[] {
  const stage = stages.find((one) => one.index === index);
  if (!stage) return [];
  const below = stage.base.kind === 'stage' ? listPorts({ stages, ...rest }, stage.base.index) : [];
  const own = stage.instructions.flatMap((one) => (one.keyword === 'EXPOSE' ? one.ports : []));
  const named = own.map((port) => (port.includes('/') ? port.toLowerCase() : `${port}/tcp`));
  return [...new Set([...below, ...named])];
}
