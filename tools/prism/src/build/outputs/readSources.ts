import type { ContextSource } from '@prism-build/containerfile';
import type { Reads } from '@prism-build/plan';
import type { BuildOptions } from '../options';

/** What a step takes from its context. */
export function readSources({ compile, image }: Reads, step: BuildOptions['step']): readonly ContextSource[] {
  if (step === 'compile') return compile.kind === 'recognised' ? compile.sources : [];
  return image.ok ? image.value.sources : [];
}
