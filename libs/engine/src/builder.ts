import { type RunCall, runArguments } from './containerRun';
import type { Argv } from './engine';

/** A private image store of Podman: nothing of the user's is seen, and nothing is left in it. */
export interface BuilderStore {
  readonly root: string;
  readonly runroot: string;
  /** As `driver` says it. */
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

/** Where the value of a secret is; the value itself is in no argument. */
export type SecretSource =
  | { readonly id: string; readonly file: string }
  | { readonly id: string; readonly env: string };

/** Podman as one who executes commands in a private store: argument vectors, the quirks of 4.3.1 avoided. */
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
   * Never `--manifest` (it appends), never layers (another platform's would be found); the base is named by ID, since
   * under `--platform` a name is looked up in registries.
   */
  build: (store: BuilderStore, call: BuildCall): Argv => [
    ...storeArgv(store),
    'build',
    ...['--platform', call.platform, '--layers=false', '--pull=never', '--force-rm', '--format', 'oci'],
    ...(call.network === 'default' ? [] : ['--network', call.network]),
    ...call.secrets.flatMap((secret) => ['--secret', secretArgument(secret)]),
    ...['--iidfile', call.iidfile, '--file', call.containerfile, call.context],
  ],
  /** As root inside, who is the caller outside, with and without a user namespace: so files belong to the caller. */
  run: (store: BuilderStore, call: RunCall): Argv => [...storeArgv(store), ...runArguments(call, '0:0')],
  /** Writes an image into a layout below the working directory; blobs that lie there already are not written. */
  push: (store: BuilderStore, id: string, directory: string): Argv => [
    ...storeArgv(store),
    ...['push', '--quiet', '--format', 'oci', id, `oci:${directory}`],
  ],
  removeImages: (store: BuilderStore, ids: readonly string[]): Argv => [
    ...storeArgv(store),
    ...['rmi', '--force', ...ids],
  ],
  /** IDs of all containers, those of interrupted builds too, one a line. */
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
  // Root's overlay mounts its home on itself otherwise, and nobody could remove the directory.
  const options = driver === 'overlay' ? ['--storage-opt', 'overlay.skip_mount_home=true'] : [];
  // What libpod notes of running containers is private too: other stores' users come and go below the shared place.
  const own = ['--root', root, '--runroot', runroot, '--tmpdir', `${root}.libpod`];
  return ['podman', ...own, '--storage-driver', driver, ...options];
}

function secretArgument(secret: SecretSource): string {
  return 'file' in secret
    ? `id=${secret.id},src=${secret.file}`
    : `id=${secret.id},type=env,env=${secret.env}`;
}
