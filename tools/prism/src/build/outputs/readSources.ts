import { join } from 'node:path';
import type { ContextSource } from '@prism-build/containerfile';
import { readTextIfThere } from '@prism-build/shell';
import { readComponent } from '../../inference/read/component';
import { valuesOf } from '../../workspace/buildArgs';
import type { BuildOptions } from '../options';
import { hasRootfs } from '../rootfs';

/** What a step takes from its context, as far as its Containerfile says it without its bases. */
export function readSources(
  root: string,
  { containerfile, platforms, buildArgs, stage, step }: BuildOptions,
): readonly ContextSource[] {
  const component = readComponent(readTextIfThere(join(root, containerfile)) ?? '', containerfile, {
    platforms,
    buildArgs: valuesOf(buildArgs, process.env),
    target: stage,
    contexts: hasRootfs(root, containerfile) ? ['rootfs'] : [],
  });
  if (!component.ok) return [];
  return step === 'compile' ? component.value.taken.compile : component.value.taken.image;
}
