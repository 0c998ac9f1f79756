import type { BuildOptions } from '@prism-build/builder';
import type { ContextSource } from '@prism-build/containerfile';
import type { Reads } from '@prism-build/plan';

/** What a step takes from its context. */
export function readSources({ compile, image }: Reads, step: BuildOptions['step']): readonly ContextSource[] {
  if (step === 'compile') return compile.kind === 'recognised' ? compile.sources : [];
  return image.ok ? image.value.sources : [];
}
