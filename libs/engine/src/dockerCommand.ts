import type { Argv } from './engine';
import { runHostname } from './printRun';

/** Settings of a container besides its image. */
export type DockerMount =
  | {
      readonly type: 'bind' | 'volume';
      readonly source: string;
      readonly target: string;
      readonly readonly: boolean;
    }
  | { readonly type: 'tmpfs'; readonly target: string; readonly size?: number | undefined };

/** One command to execute in a container that is kept, so that its files can be read. */
interface DockerCall {
  readonly name: string;
  /** The label of everything that this workspace creates, so that it can be removed after an interruption. */
  readonly label: string;
  readonly image: string;
  /** `linux/arm64`. */
  readonly platform: string;
  readonly argv: readonly string[];
  readonly network: 'default' | 'none' | 'host';
  readonly mounts: readonly DockerMount[];
}

/** Docker as a runner of commands. It has one store for everything, so all objects are labelled and removed. */
export const dockerCommand = {
  run: ({ name, label, image, platform, argv, network, mounts }: DockerCall): Argv => [
    ...(['docker', 'run', '--name', name, '--label', label, '--platform', platform, '--pull=never'] as const),
    ...['--log-driver=none', '--security-opt', 'label=disable', '--hostname', runHostname],
    ...(network === 'default' ? [] : ['--network', network]),
    ...mounts.flatMap((mount) => ['--mount', printMount(mount)]),
    ...['--entrypoint', argv[0]!, image, ...argv.slice(1)],
  ],
  /** A volume with the files at a path of an image: Docker fills an empty volume when it creates the container. */
  fill: (volume: string, label: string, image: string, path: string): Argv => [
    ...(['docker', 'create', '--label', label, '--pull=never', '--network', 'none'] as const),
    ...['--mount', printMount({ type: 'volume', source: volume, target: path, readonly: false }, 'fill')],
    ...['--entrypoint', '/none', image],
  ],
  createVolume: (name: string, label: string): Argv => ['docker', 'volume', 'create', '--label', label, name],
  /** Prints the paths that differ from the image, each after A, C or D. */
  diff: (container: string): Argv => ['docker', 'diff', container],
  /** Writes all files of a container as a tar. */
  export: (container: string, file: string): Argv => ['docker', 'export', '--output', file, container],
  listContainers: (label: string): Argv => ['docker', 'ps', '--all', '--quiet', `--filter=label=${label}`],
  listVolumes: (label: string): Argv => ['docker', 'volume', 'ls', '--quiet', `--filter=label=${label}`],
  listImages: (repository: string): Argv => [
    ...(['docker', 'images', '--format', '{{.Repository}}:{{.Tag}}', repository] as const),
  ],
  removeContainers: (ids: readonly string[]): Argv => ['docker', 'rm', '--force', '--volumes', ...ids],
  removeVolumes: (names: readonly string[]): Argv => ['docker', 'volume', 'rm', '--force', ...names],
  removeImages: (names: readonly string[]): Argv => ['docker', 'rmi', ...names],
} as const;

/** Parses the output of `diff`, without first slashes. A name with a line break looks like several names. */
export function parseDiff(output: string): Set<string> {
  return new Set(output.split('\n').flatMap((line) => (/^[ACD] \/./.test(line) ? [line.slice(3)] : [])));
}

function printMount(mount: DockerMount, purpose: 'fill' | 'show' = 'show'): string {
  if (mount.type === 'tmpfs') {
    const size = mount.size === undefined ? {} : { 'tmpfs-size': String(mount.size) };
    return printFields({ type: 'tmpfs', target: mount.target, ...size });
  }
  const { type, source, target, readonly } = mount;
  const flags = [
    ...(readonly ? ['readonly'] : []),
    ...(type === 'volume' && purpose === 'show' ? ['volume-nocopy'] : []),
  ];
  return [printFields({ type, source, target }), ...flags].join(',');
}

/** Fields of CSV (RFC 4180), which Docker reads. */
function printFields(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${value}`)
    .map((field) => (/[",\n\r]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field))
    .join(',');
}
