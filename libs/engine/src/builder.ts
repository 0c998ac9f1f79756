import { type RunCall, runArguments } from './containerRun';
import type { Argv } from './engine';

/** A private image store of Podman, separate from the user's. */
export interface BuilderStore {
  readonly root: string;
  readonly runroot: string;
  /** The storage driver, from `driver`. */
  readonly driver: string;
}

/** One command to execute: a Containerfile with one RUN, on an image of the store. */
interface BuildCall {
  /** `linux/arm64`. */
  readonly platform: string;
  readonly containerfile: string;
  /** An empty directory: the command gets its files by mounts. */
  readonly context: string;
  /** Where the ID of the result is written. */
  readonly iidfile: string;
  readonly network: 'default' | 'none' | 'host';
  readonly secrets: readonly SecretSource[];
}

/** The file or variable with the value of a secret. Values are never arguments. */
export type SecretSource =
  | { readonly id: string; readonly file: string }
  | { readonly id: string; readonly env: string };

/** Podman as a runner of commands in a private store: argument vectors that avoid the faults of 4.3.1. */
export const podmanBuilder = {
  /** Prints the storage driver that this user's Podman uses. */
  driver: (): Argv => ['podman', 'info', '--format', '{{.Store.GraphDriverName}}'],
  /** Loads the image of a layout below the working directory, as `localhost/<directory>`. */
  pull: (store: BuilderStore, directory: string): Argv => [
    ...storeArgv(store),
    'pull',
    '--quiet',
    `oci:${directory}`,
  ],
  /**
   * Not `--manifest`: it appends. No layer cache: it may return a layer of another platform. Names the base by ID, because
   * with `--platform` Podman looks up names in registries.
   */
  build: (store: BuilderStore, call: BuildCall): Argv => [
    ...storeArgv(store),
    'build',
    ...['--platform', call.platform, '--layers=false', '--pull=never', '--force-rm', '--format', 'oci'],
    ...(call.network === 'default' ? [] : ['--network', call.network]),
    ...call.secrets.flatMap((secret) => ['--secret', secretArgument(secret)]),
    ...['--iidfile', call.iidfile, '--file', call.containerfile, call.context],
  ],
  /** Runs as root of the container, which is the caller outside, with or without a user namespace: files belong to the caller. */
  run: (store: BuilderStore, call: RunCall): Argv => [...storeArgv(store), ...runArguments(call, '0:0')],
  /** Writes an image into a layout below the working directory; skips existing blobs. */
  push: (store: BuilderStore, id: string, directory: string): Argv => [
    ...storeArgv(store),
    ...['push', '--quiet', '--format', 'oci', id, `oci:${directory}`],
  ],
  removeImages: (store: BuilderStore, ids: readonly string[]): Argv => [
    ...storeArgv(store),
    ...['rmi', '--force', ...ids],
  ],
  /** Prints the IDs of all containers, including those of interrupted builds, one a line. */
  listContainers: (store: BuilderStore): Argv => [
    ...storeArgv(store),
    ...['ps', '--all', '--external', '--quiet', '--no-trunc'],
  ],
  removeContainers: (store: BuilderStore, ids: readonly string[]): Argv => [
    ...storeArgv(store),
    ...['rm', '--force', ...ids],
  ],
} as const;

function storeArgv({ root, runroot, driver }: BuilderStore): [string, ...string[]] {
  // Otherwise root's overlay driver bind-mounts its home on itself, and the directory cannot be removed.
  const options = driver === 'overlay' ? ['--storage-opt', 'overlay.skip_mount_home=true'] : [];
  // The state of running containers is private too: the shared directory changes with other stores.
  const own = ['--root', root, '--runroot', runroot, '--tmpdir', `${root}.libpod`];
  return ['podman', ...own, '--storage-driver', driver, ...options];
}

function secretArgument(secret: SecretSource): string {
  return 'file' in secret
    ? `id=${secret.id},src=${secret.file}`
    : `id=${secret.id},type=env,env=${secret.env}`;
}
