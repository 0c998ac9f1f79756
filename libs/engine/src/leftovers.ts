import type { Argv, Engine } from './engine';

type Named = Pick<Engine, 'name'>;

/** Prints a line `<id> <repository>:<tag>` for every name of an image, or for those without one under a label. */
export function listImages({ name }: Named, danglingWith?: string): Argv {
  const filters =
    danglingWith === undefined ? [] : ['--filter=dangling=true', `--filter=label=${danglingWith}`];
  return [name, 'images', '--no-trunc', ...filters, '--format', '{{.ID}} {{.Repository}}:{{.Tag}}'];
}

/** Prints the IDs of all containers. */
export function listContainers({ name }: Named): Argv {
  return [name, 'ps', '--all', '--quiet', '--no-trunc'];
}

/** Prints the IDs of the images of these containers. */
export function listUsed({ name }: Named, containers: readonly string[]): Argv {
  return [name, 'container', 'inspect', '--format', '{{.Image}}', ...containers];
}

/** Prints the IDs of containers with the label that have ended. */
export function listEnded({ name }: Named, label: string): Argv {
  return [name, 'ps', '--all', '--quiet', '--no-trunc', `--filter=label=${label}`, '--filter=status=exited'];
}

/** Removes a name of an image, and the image with its last name. Fails if a container uses it. */
export function removeImage({ name }: Named, image: string): Argv {
  return [name, 'rmi', image];
}
