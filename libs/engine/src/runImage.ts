import type { Argv, Engine } from './engine';

/** The label of a container of `run-image`, with the process that waits for it. */
const ownerLabel = 'prism-build.owner';

/** The label of every container, with its project. Only labelled containers are cleaned up. */
export const projectLabel = 'prism-build.project';

export interface PublishedPort {
  readonly address: string;
  readonly hostPort: number;
  readonly containerPort: number;
  /** tcp, udp or sctp. */
  readonly protocol: string;
}

/** A container in the foreground, as both engines understand it. */
export interface RunRequest {
  readonly image: string;
  readonly name: string;
  readonly project: string;
  /** The process that ends it, from `markProcess`. */
  readonly owner: string;
  readonly ports: readonly PublishedPort[];
  /** Names only: the engine reads the values from its own environment, so no value is an argument. */
  readonly env: readonly string[];
  readonly envFiles: readonly string[];
  readonly volumes: readonly string[];
  readonly tmpfs: readonly string[];
  readonly user: string | undefined;
  readonly readOnly: boolean;
  readonly entrypoint: string | undefined;
  /** Passes standard input on; as a terminal if it is one. */
  readonly interactive: 'no' | 'input' | 'terminal';
  readonly args: readonly string[];
}

/** The arguments that run an image and remove the container when it ends. Never pulls an image. */
export function runImage({ name: engine }: Pick<Engine, 'name'>, request: RunRequest): Argv {
  const each = (flag: string, values: readonly string[]) => values.flatMap((value) => [flag, value]);
  return [
    engine,
    'run',
    '--rm',
    '--pull=never',
    `--name=${request.name}`,
    `--label=${projectLabel}=${request.project}`,
    `--label=${ownerLabel}=${request.owner}`,
    ...each('--publish', request.ports.map(formatPort)),
    ...each('--env', request.env),
    ...each('--env-file', request.envFiles),
    ...each('--volume', request.volumes),
    ...each('--tmpfs', request.tmpfs),
    ...(request.user === undefined ? [] : [`--user=${request.user}`]),
    ...(request.readOnly ? ['--read-only'] : []),
    // Podman would leave /tmp writable, Docker would not.
    ...(request.readOnly && engine === 'podman' ? ['--read-only-tmpfs=false'] : []),
    ...(request.interactive === 'no' ? [] : ['--interactive']),
    ...(request.interactive === 'terminal' ? ['--tty'] : []),
    ...(request.entrypoint === undefined ? [] : [`--entrypoint=${request.entrypoint}`]),
    request.image,
    ...request.args,
  ];
}

function formatPort({ address, hostPort, containerPort, protocol }: PublishedPort): string {
  const host = address.includes(':') ? `[${address}]` : address;
  return `${host}:${hostPort}:${containerPort}/${protocol}`;
}

const written = /^(?:(?:\[([0-9a-f:.]+)\]|(\d+(?:\.\d+){3})):)?(?:(\d+):)?(\d+)(?:\/(tcp|udp|sctp))?$/i;

/** Parses `[address:][host:]container[/protocol]`; the default address is loopback. Undefined if it is not a port. */
export function parsePort(text: string): PublishedPort | undefined {
  const match = written.exec(text.trim());
  if (!match) return undefined;
  const [, v6, v4, host, container, protocol = 'tcp'] = match;
  const containerPort = Number(container);
  const hostPort = host === undefined ? containerPort : Number(host);
  if (![hostPort, containerPort].every((port) => port >= 1 && port <= 65_535)) return undefined;
  return { address: v6 ?? v4 ?? '127.0.0.1', hostPort, containerPort, protocol: protocol.toLowerCase() };
}

/**
 * Whether an engine reads a variable itself. A value for the container would then change the engine, such as its storage or
 * the host that it connects to.
 */
export function steersEngine(name: string): boolean {
  return (
    /^(PATH|HOME|USER|TMPDIR|GODEBUG|.*_(PROXY|proxy))$/.test(name) ||
    /^(XDG|LD|CONTAINERS?|DOCKER|PODMAN|BUILDAH|STORAGE|REGISTRY|DBUS|SSL_CERT|NOTIFY|LISTEN)_/.test(name)
  );
}

export function inspectContainer({ name }: Pick<Engine, 'name'>, container: string): Argv {
  return [name, 'container', 'inspect', '--format', '{{.State.Running}}', container];
}

/** Prints the process that waits for a container, or nothing. */
export function inspectOwner({ name }: Pick<Engine, 'name'>, container: string): Argv {
  return [name, 'container', 'inspect', '--format', `{{index .Config.Labels "${ownerLabel}"}}`, container];
}

/** Sends a signal to the process in a container. Fails if the container does not run. */
export function signalContainer(
  { name }: Pick<Engine, 'name'>,
  container: string,
  signal: NodeJS.Signals,
): Argv {
  return [name, 'kill', `--signal=${signal}`, container];
}

/** Ends when the container does. */
export function awaitContainer({ name }: Pick<Engine, 'name'>, container: string): Argv {
  return [name, 'wait', container];
}

/** Kills a container and removes it. */
export function removeContainer({ name }: Pick<Engine, 'name'>, container: string): Argv {
  // Without this, Podman would send SIGTERM again, and wait.
  return [name, 'rm', '--force', ...(name === 'podman' ? ['--time=0'] : []), '--volumes', container];
}
