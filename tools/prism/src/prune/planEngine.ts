export interface EngineImage {
  /** In hex. */
  readonly id: string;
  /** `<none>:<none>` for one without a name. */
  readonly name: string;
}

export interface EngineFacts {
  readonly images: readonly EngineImage[];
  /** Images of containers, running or not. */
  readonly used: ReadonlySet<string>;
  /** Repositories of the projects of this workspace. */
  readonly repositories: ReadonlySet<string>;
  /** `localhost/<prefix>/`; undefined without a prefix, where a name says too little. */
  readonly space: string | undefined;
  /** Names that loading and compiling would give today. */
  readonly current: ReadonlySet<string>;
}

/** Builders that Docker was given; Podman has a store for them. */
const builder = /^localhost\/prism-builder:[0-9a-f]{12}$/;
const loaded = /^(.+):sha-[0-9a-f]{12}(?:-[a-z0-9._-]+)?$/;

/**
 * Names of images that were loaded once and have been replaced since. Pure. An image that some container uses, that
 * `latest` still means (another clone may have loaded it), or that is today's stays; so does every name that is
 * not of our making.
 */
export function planEngine({ images, used, repositories, space, current }: EngineFacts): string[] {
  const isOurs = (repository: string) =>
    repositories.has(repository) || (space !== undefined && repository.startsWith(space));
  const latest = new Set(
    images.flatMap(({ id, name }) => {
      const [, repository] = /^(.+):latest(?:-[a-z0-9._-]+)?$/.exec(name) ?? [];
      return repository === undefined ? [] : [`${id} ${repository}`];
    }),
  );
  return images
    .filter(({ id, name }) => {
      const [, repository] = loaded.exec(name) ?? [];
      const ours = repository === undefined ? builder.test(name) : isOurs(repository);
      if (!ours) return false;
      return !current.has(name) && !used.has(id) && !latest.has(`${id} ${repository}`);
    })
    .map(({ name }) => name)
    .sort();
}

/** What `images` printed with the format `{{.ID}} {{.Repository}}:{{.Tag}}`. */
export function parseImages(output: string): EngineImage[] {
  return output
    .split('\n')
    .filter((line) => line.includes(' '))
    .map((line) => {
      const at = line.indexOf(' ');
      return { id: line.slice(0, at).replace(/^sha256:/, ''), name: line.slice(at + 1).trim() };
    });
}
