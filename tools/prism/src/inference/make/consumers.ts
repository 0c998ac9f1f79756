import type { TargetConfiguration } from '@nx/devkit';
import { targetName } from '@prism-build/workspace';
import { type ImageNames, releaseTargetName } from '../../table/executor';
import { executors } from '../../table/executors';

/**
 * Adds the targets that use a built image. Each row of the executor table writes its target as an object literal:
 * with computed property names V8 takes ten times as long, and every nx command makes all targets.
 */
export function addConsumers(
  targets: Record<string, TargetConfiguration>,
  names: ImageNames,
  hasRegistry: boolean,
): void {
  for (const { name, target, needsRegistry } of executors)
    if (target && (hasRegistry || !needsRegistry)) targets[names.nameOf(name)] = target(names);
}

/** Adds the target that `nx release publish` runs. */
export function addRelease(
  targets: Record<string, TargetConfiguration>,
  images: readonly { readonly variant?: string | undefined }[],
): void {
  const builds = images.map(({ variant }) => targetName('build-image', variant));
  for (const { releaseTarget } of executors)
    if (releaseTarget) targets[releaseTargetName] = releaseTarget({ builds });
}
