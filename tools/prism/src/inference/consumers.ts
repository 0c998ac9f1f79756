import type { TargetConfiguration } from '@nx/devkit';
import { targetName } from '../workspace/naming';

/** The targets that use a built image; none is cached, since what they change is no file of the workspace. */
export function consumerTargets(
  project: string,
  prefix: string,
  variant: string | undefined,
): Record<string, TargetConfiguration> {
  const image = variant === undefined ? 'the image' : `the ${variant} image`;
  const build = targetName('build-image', variant);
  const load = targetName('load-image', variant);
  const run = targetName('run-image', variant);
  const materialize = targetName('materialize', variant);
  const engines = ['podman', 'docker'];
  return {
    [run]: {
      executor: 'prism:run-image',
      // Asked for with the same engine; and a dry run loads nothing.
      dependsOn: [{ target: load, params: 'forward' }],
      cache: false,
      continuous: true,
      options: variant === undefined ? { prefix } : { prefix, variant },
      metadata: {
        technologies: engines,
        description: `Run ${image} in the foreground, its ports on loopback`,
        help: {
          command: `nx ${run} ${project} --help`,
          example: { options: { ports: '18980:8980', env: 'LOG_LEVEL' } },
        },
      },
    },
    [load]: {
      executor: 'prism:load-image',
      dependsOn: [build],
      cache: false,
      options: variant === undefined ? { prefix } : { prefix, variant },
      metadata: {
        technologies: engines,
        description: `Bring ${image} into podman or docker, unless it is there`,
        help: { command: `nx ${load} ${project} --help`, example: { options: { allPlatforms: true } } },
      },
    },
    [materialize]: {
      executor: 'prism:materialize',
      dependsOn: [build],
      cache: false,
      ...(variant !== undefined && { options: { variant } }),
      metadata: {
        technologies: ['oci'],
        description: `Make a complete OCI layout of ${image} under dist/layouts`,
        help: { command: `nx ${materialize} ${project} --help`, example: {} },
      },
    },
  };
}
