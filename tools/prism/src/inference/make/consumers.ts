import type { TargetConfiguration } from '@nx/devkit';
import { targetName } from '@prism-build/workspace';

/**
 * Adds the targets that use a built image; none is cached, since what they change is no file of the workspace. One by
 * one: an object whose names are computed takes V8 ten times as long, and every command of nx makes them all.
 */
export function addConsumers(
  targets: Record<string, TargetConfiguration>,
  project: string,
  prefix: string,
  variant: string | undefined,
): void {
  const image = variant === undefined ? 'the image' : `the ${variant} image`;
  const build = targetName('build-image', variant);
  const load = targetName('load-image', variant);
  const run = targetName('run-image', variant);
  const materialize = targetName('materialize', variant);
  targets[run] = {
    executor: 'prism:run-image',
    // Asked for with the same engine; and a dry run loads nothing.
    dependsOn: [{ target: load, params: 'forward' }],
    cache: false,
    continuous: true,
    options: variant === undefined ? { prefix } : { prefix, variant },
    metadata: {
      technologies: ['podman', 'docker'],
      description: `Run ${image} in the foreground, its ports on loopback`,
      help: {
        command: `nx ${run} ${project} --help`,
        example: { options: { ports: '18980:8980', env: 'LOG_LEVEL' } },
      },
    },
  };
  targets[load] = {
    executor: 'prism:load-image',
    dependsOn: [build],
    cache: false,
    options: variant === undefined ? { prefix } : { prefix, variant },
    metadata: {
      technologies: ['podman', 'docker'],
      description: `Bring ${image} into podman or docker, unless it is there`,
      help: { command: `nx ${load} ${project} --help`, example: { options: { allPlatforms: true } } },
    },
  };
  targets[materialize] = {
    executor: 'prism:materialize',
    dependsOn: [build],
    cache: false,
    options: variant === undefined ? {} : { variant },
    metadata: {
      technologies: ['oci'],
      description: `Make a complete OCI layout of ${image} under dist/layouts`,
      help: { command: `nx ${materialize} ${project} --help`, example: {} },
    },
  };
}
