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
  /** `localhost/<prefix>/`; undefined without a prefix, because names then do not identify this workspace. */
  readonly space: string | undefined;
  /** Names that loading and compiling currently give. */
  readonly current: ReadonlySet<string>;
}

/** The name of builders in Docker; in Podman they have a private store. */
const builder = /^localhost\/prism-builder:[0-9a-f]{12}$/;
const loaded = /^(.+):sha-[0-9a-f]{12}(?:-[a-z0-9._-]+)?$/;

/**
 * Names of replaced images. Pure. Keeps images that a container uses, that are current, or that are equal to `latest`
 * (another clone may have loaded it). Keeps all names in other formats.
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

/** Parses the output of `images` in the format `{{.ID}} {{.Repository}}:{{.Tag}}`. */
export function parseImages(output: string): EngineImage[] {
  return output
    .split('\n')
    .filter((line) => line.includes(' '))
    .map((line) => {
      const at = line.indexOf(' ');
      return { id: line.slice(0, at).replace(/^sha256:/, ''), name: line.slice(at + 1).trim() };
    });
}
