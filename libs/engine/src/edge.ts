import type { Argv } from './engine';

/** A reverse proxy to start: one container in the network of this machine, so that it sees the addresses of clients. */
interface EdgeContainer {
  readonly name: string;
  readonly labels: readonly string[];
  readonly image: string;
  /** A directory of this machine, and where it appears. */
  readonly configuration: { readonly source: string; readonly target: string };
  /** Secrets of Podman, and the files that they become. */
  readonly secrets: readonly { readonly name: string; readonly target: string }[];
}

/** The user of the image, to whom the files of secrets belong. */
const user = 65532;

/** Podman as the runner of a stack's reverse proxy. */
export const podmanEdge = {
  run: ({ name, labels, image, configuration, secrets }: EdgeContainer): Argv => [
    ...(['podman', 'run', '--detach', `--name=${name}`] as const),
    ...labels.map((label) => `--label=${label}`),
    ...['--pull=never', '--restart=always', '--network=host', '--log-driver=k8s-file', '--read-only'],
    ...['--security-opt=no-new-privileges', '--cap-drop=all', '--cap-add=net_bind_service'],
    ...secrets.map(
      (one) => `--secret=${one.name},type=mount,target=${one.target},uid=${user},gid=${user},mode=0400`,
    ),
    `--volume=${configuration.source}:${configuration.target}:ro`,
    image,
  ],
  /** Prints the containers of this name as a JSON array. Fails if there is none. */
  inspect: (name: string): Argv => ['podman', 'container', 'inspect', name],
  /** Prints the containers with a label as a JSON array. */
  list: (label: string): Argv => ['podman', 'ps', '--all', `--filter=label=${label}`, '--format=json'],
  remove: (name: string, grace: number): Argv => ['podman', 'rm', '--force', `--time=${grace}`, name],
  /** Sends standard input to a socket in the container, and prints the answer. */
  send: (name: string, socket: string): Argv => [
    'podman',
    'exec',
    '--interactive',
    name,
    'nc',
    '-U',
    '-N',
    socket,
  ],
} as const;

/** A reverse proxy as Podman has it. */
export interface SeenEdge {
  readonly labels: Readonly<Record<string, string>>;
  readonly running: boolean;
  readonly restarts: number;
}

/** From the output of `inspect`. */
export function parseEdge(output: string): SeenEdge {
  const [{ Config, State, RestartCount }] = JSON.parse(output) as [EdgeJson];
  return { labels: Config.Labels ?? {}, running: State.Status === 'running', restarts: RestartCount ?? 0 };
}

interface EdgeJson {
  readonly Config: { readonly Labels?: Record<string, string> | null };
  readonly State: { readonly Status: string };
  readonly RestartCount?: number;
}
