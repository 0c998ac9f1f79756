/** A container engine as argument vectors. All differences between engines are here. */
export interface Engine {
  readonly name: 'podman' | 'docker';
  /** The archive format that `load` accepts without changing bytes. Docker before 25 supports neither OCI nor zstd. */
  readonly archive: 'oci' | 'docker';
  /** Prints the ID of an image and its names, one a line. Fails if the image does not exist. */
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

/** Parses the output of `inspect`: the ID in hex and the names. */
export function parseInspect(output: string): { readonly id: string; readonly names: readonly string[] } {
  const [id = '', ...names] = output.trim().split('\n');
  return { id: id.replace(/^sha256:/, ''), names };
}
