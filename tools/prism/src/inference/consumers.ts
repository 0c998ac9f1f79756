import type { TargetConfiguration } from '@nx/devkit';
import { targetName } from '../workspace/naming';

/** The targets that use a built image; none is cached, since what they change is no file of the workspace. */
export function consumerTargets(
  project: string,
  prefix: string,
  variant: string | undefined,
): Record<string, TargetConfiguration> {
  const name = (target: string) => targetName(target, variant);
  const options = variant === undefined ? {} : { variant };
  const image = variant === undefined ? 'the image' : `the ${variant} image`;
  const target = (
    executor: string,
    description: string,
    technologies: string[],
    example: Record<string, unknown>,
    more: Partial<TargetConfiguration>,
  ): TargetConfiguration => ({
    executor: `prism:${executor}`,
    dependsOn: [name('build-image')],
    cache: false,
    metadata: {
      technologies,
      description,
      help: { command: `nx ${name(executor)} ${project} --help`, example },
    },
    ...more,
  });
  return {
    [name('run-image')]: target(
      'run-image',
      `Run ${image} in the foreground, its ports on loopback`,
      ['podman', 'docker'],
      { options: { ports: '18980:8980', env: 'LOG_LEVEL' } },
      {
        // Asked for with the same engine; and a dry run loads nothing.
        dependsOn: [{ target: name('load-image'), params: 'forward' }],
        continuous: true,
        options: { prefix, ...options },
      },
    ),
    [name('load-image')]: target(
      'load-image',
      `Bring ${image} into podman or docker, unless it is there`,
      ['podman', 'docker'],
      { options: { allPlatforms: true } },
      { options: { prefix, ...options } },
    ),
    [name('materialize')]: target(
      'materialize',
      `Make a complete OCI layout of ${image} under dist/layouts`,
      ['oci'],
      {},
      variant === undefined ? {} : { options },
    ),
  };
}
