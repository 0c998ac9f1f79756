import type { Argv } from './engine';

/** Podman as a runner of pods. Docker has none. */
export const podmanPods = {
  /** Reads YAML of Kubernetes from standard input. Pulls and builds nothing; logs where `podman logs` finds them. */
  play: (): Argv => ['podman', 'kube', 'play', '--quiet', '--build=false', '--log-driver=k8s-file', '-'],
  /** Prints the pods with a label as a JSON array. */
  list: (label: string): Argv => ['podman', 'pod', 'ls', `--filter=label=${label}`, '--format=json'],
  /** Prints a pod as JSON. Fails if there is none of that name. */
  inspect: (pod: string): Argv => ['podman', 'pod', 'inspect', pod],
  /** Prints containers as a JSON array. */
  inspectContainers: (ids: readonly string[]): Argv => ['podman', 'container', 'inspect', ...ids],
  /** Stops the containers of a pod within `grace` seconds. */
  stop: (pod: string, grace: number): Argv => ['podman', 'pod', 'stop', `--time=${grace}`, pod],
  /** Stops a pod within `grace` seconds and removes it with its containers. */
  remove: (pod: string, grace: number): Argv => ['podman', 'pod', 'rm', '--force', `--time=${grace}`, pod],
  logs: (pod: string, options: LogOptions): Argv => [
    ...(['podman', 'pod', 'logs', '--names'] as const),
    ...(options.colour ? ['--color'] : []),
    ...(options.follow ? ['--follow'] : []),
    ...(options.tail === undefined ? [] : [`--tail=${options.tail}`]),
    ...(options.container === undefined ? [] : [`--container=${options.container}`]),
    pod,
  ],
  /** Prints the last lines of one container. */
  containerLogs: (container: string, tail: number): Argv => ['podman', 'logs', `--tail=${tail}`, container],
  exec: (container: string, argv: readonly string[]): Argv => ['podman', 'exec', container, ...argv],
  /** Prints the ID and the user of an image. Fails if it does not exist. */
  inspectImage: (image: string): Argv => [
    'podman',
    'image',
    'inspect',
    '--format',
    '{{.Id}} {{.Config.User}}',
    image,
  ],
  tag: (image: string, name: string): Argv => ['podman', 'tag', image, name],
  /** Prints all images as a JSON array. */
  listImages: (): Argv => ['podman', 'images', '--format=json'],
  inspectSecret: (name: string): Argv => ['podman', 'secret', 'inspect', name],
  createVolume: (name: string, label: string): Argv => [
    ...(['podman', 'volume', 'create', `--label=${label}`, name] as const),
  ],
  /** Prints the volumes with a label as a JSON array. Of several labels, Podman 4.3 would want only one. */
  listVolumes: (label: string): Argv => [
    ...(['podman', 'volume', 'ls', `--filter=label=${label}`, '--format=json'] as const),
  ],
  /** Prints whether Podman is rootless, and the controllers of cgroups that it may use: `true [memory pids]`. */
  controllers: (): Argv => [
    ...(['podman', 'info', '--format', '{{.Host.Security.Rootless}} {{.Host.CgroupControllers}}'] as const),
  ],
  removeVolumes: (names: readonly string[]): Argv => ['podman', 'volume', 'rm', ...names],
} as const;

interface LogOptions {
  readonly colour: boolean;
  readonly follow: boolean;
  /** Lines of each container. */
  readonly tail: number | undefined;
  readonly container: string | undefined;
}

/** A pod with its containers, without the infra container. */
export interface Pod {
  readonly labels: Readonly<Record<string, string>>;
  /** Host ports by port and protocol in the pod: `8980/tcp`. */
  readonly ports: Readonly<Record<string, number>>;
  readonly containers: readonly PodContainer[];
}

export interface PodContainer {
  readonly id: string;
  /** In Podman: `<pod>-<container>`. */
  readonly name: string;
  readonly imageName: string;
  readonly status: string;
  readonly exitCode: number;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly restarts: number;
}

/** The output of `controllers`; undefined for rootful Podman, which may use all. */
export function parseControllers(output: string): string[] | undefined {
  const [, rootless, names = ''] = /^(true|false) \[(.*)\]$/.exec(output.trim()) ?? [];
  return rootless === 'true' ? names.split(' ').filter(Boolean) : undefined;
}

/** The names in the output of `list` or `listVolumes`. */
export function parseNames(output: string): string[] {
  return (JSON.parse(output) as { readonly Name: string }[]).map(({ Name }) => Name);
}

/** The names of all images in the output of `listImages`. One without a name has none, or null. */
export function parseImageNames(output: string): string[] {
  const images = JSON.parse(output) as { readonly Names?: readonly string[] | null }[];
  return images.flatMap(({ Names }) => Names ?? []);
}

/** The IDs of a pod's containers, from the output of `inspect`: an object, and an array since Podman 5. */
export function parsePod(output: string): Omit<Pod, 'containers'> & { readonly ids: readonly string[] } {
  const parsed = JSON.parse(output) as PodJson | [PodJson];
  const pod = Array.isArray(parsed) ? parsed[0] : parsed;
  const bindings = Object.entries(pod.InfraConfig?.PortBindings ?? {});
  return {
    labels: pod.Labels ?? {},
    ports: Object.fromEntries(
      bindings.flatMap(([port, bound]) => (bound?.[0] ? [[port, Number(bound[0].HostPort)]] : [])),
    ),
    ids: (pod.Containers ?? []).flatMap(({ Id }) => (Id === pod.InfraContainerID ? [] : [Id])),
  };
}

export function parseContainers(output: string): PodContainer[] {
  return (JSON.parse(output) as ContainerJson[]).map(({ Id, Name, ImageName, State, RestartCount }) => ({
    id: Id,
    name: Name,
    imageName: ImageName,
    status: State.Status,
    exitCode: State.ExitCode,
    startedAt: Date.parse(State.StartedAt),
    restarts: RestartCount ?? 0,
  }));
}

interface PodJson {
  readonly Labels?: Record<string, string> | null;
  readonly InfraContainerID?: string;
  readonly InfraConfig?: {
    readonly PortBindings?: Record<string, readonly { readonly HostPort: string }[]> | null;
  } | null;
  readonly Containers?: readonly { readonly Id: string }[] | null;
}

interface ContainerJson {
  readonly Id: string;
  readonly Name: string;
  readonly ImageName: string;
  readonly RestartCount?: number;
  readonly State: { readonly Status: string; readonly ExitCode: number; readonly StartedAt: string };
}
