/** What a command finds as its host name, in each engine: BuildKit's, since others take the container's random ID. */
export const runHostname = 'buildkitsandbox';

/** A command as it is handed to an engine; images by ID. */
interface PrintedRun {
  readonly base: string;
  readonly argv: readonly string[];
  readonly mounts: readonly PrintedMount[];
}

export type PrintedMount =
  | {
      readonly type: 'bind';
      /** The image that holds what is mounted. */
      readonly image: string;
      readonly source: string;
      readonly target: string;
      readonly writable: boolean;
    }
  | { readonly type: 'cache' | 'tmpfs' | 'secret'; readonly options: Readonly<Record<string, string>> };

/**
 * The Containerfile of one command, for Podman 4.3 and later: exec form only, so that no SHELL and no heredoc is
 * needed. A writable mount comes from a stage, whose files are forgotten; the label keeps that stage from being the
 * image itself, which Buildah 1.28 would delete with its own intermediate images.
 */
export function printRun({ base, argv, mounts }: PrintedRun): string {
  const stages = mounts.flatMap((mount, at) =>
    mount.type === 'bind' && mount.writable ? [`FROM ${mount.image} AS mount${at}\nLABEL mount=${at}\n`] : [],
  );
  const flags = mounts.map((mount, at) => `--mount=${printMount(mount, at)} `);
  return `${stages.join('')}FROM ${base}\nRUN ${flags.join('')}${JSON.stringify(argv)}\n`;
}

function printMount(mount: PrintedMount, at: number): string {
  if (mount.type !== 'bind') return print({ type: mount.type, ...mount.options });
  const { image, source, target, writable } = mount;
  const from = writable ? `mount${at}` : image;
  return `${print({ type: 'bind', from, source, target })}${writable ? ',rw' : ''}`;
}

function print(options: Readonly<Record<string, string>>): string {
  return Object.entries(options)
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
}
