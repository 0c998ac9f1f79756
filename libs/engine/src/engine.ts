/** A container engine as argument vectors; what differs between engines is here and nowhere else. */
export interface Engine {
  readonly name: 'podman' | 'docker';
  /** The archive that its `load` reads with every byte kept: Docker before 25 knows neither OCI nor zstd. */
  readonly archive: 'oci' | 'docker';
  /** Prints the ID of an image and then its names, one a line; fails where the image is not there. */
  readonly inspect: (id: string) => Argv;
  /** Reads an archive from standard input. */
  readonly load: () => Argv;
  readonly tag: (id: string, name: string) => Argv;
}

export type Argv = readonly [string, ...string[]];

const inspectFormat = '{{.Id}}{{range .RepoTags}}{{println}}{{.}}{{end}}';

export const podman: Engine = {
  name: 'podman',
  archive: 'oci',
  inspect: (id) => ['podman', 'image', 'inspect', '--format', inspectFormat, id],
  load: () => ['podman', 'load', '--quiet'],
  tag: (id, name) => ['podman', 'tag', id, name],
};

export const docker: Engine = {
  name: 'docker',
  archive: 'docker',
  inspect: (id) => ['docker', 'image', 'inspect', '--format', inspectFormat, `sha256:${id}`],
  load: () => ['docker', 'load', '--quiet'],
  tag: (id, name) => ['docker', 'tag', `sha256:${id}`, name],
};

/** What `inspect` printed: the ID in hex and the names. */
export function parseInspect(output: string): { readonly id: string; readonly names: readonly string[] } {
  const [id = '', ...names] = output.trim().split('\n');
  return { id: id.replace(/^sha256:/, ''), names };
}
