/** The host name of commands in every engine. It is BuildKit's; other engines use the container's random ID. */
export const runHostname = 'buildkitsandbox';

/** A command for an engine, with images by ID. */
interface PrintedRun {
  readonly base: string;
  readonly argv: readonly string[];
  readonly mounts: readonly PrintedMount[];
}

export type PrintedMount =
  | {
      readonly type: 'bind';
      /** The image with the mounted files. */
      readonly image: string;
      readonly source: string;
      readonly target: string;
      readonly writable: boolean;
    }
  | { readonly type: 'cache' | 'tmpfs' | 'secret'; readonly options: Readonly<Record<string, string>> };

/**
 * The Containerfile of one command, for Podman 4.3 and later. Uses exec form only, so that no SHELL and no heredoc is
 * needed. A writable mount comes from a stage, whose changes are discarded. The label makes that stage a different image:
 * otherwise Buildah 1.28 would delete the original with its intermediate images.
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
