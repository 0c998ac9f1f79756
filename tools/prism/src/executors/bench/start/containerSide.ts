import { join } from 'node:path';
import { engineEnvironment, engineRun, loadPlatform } from '@prism-build/builder';
import { podman, projectLabel, removeContainer, removeImage } from '@prism-build/engine';
import { engineFailure, failed, ok, type Result } from '@prism-build/errors';
import { type Launch, makeFloorProgram, type Side } from '@prism-build/measure';
import { writeLayerTar } from '@prism-build/oci';
import { writeFiles } from './readFiles';
import type { StartInput } from './started';

/** A side, and what removes the names that it gave in the engine's store. */
export interface ContainerSide {
  readonly side: Side;
  readonly remove: () => Promise<void>;
}

/** The image in a container of Podman, in the network of this machine. `engine` is its name and version. */
export async function makeContainerSide(input: StartInput, engine: string): Promise<Result<ContainerSide>> {
  const { name, platform, directories, verified, scratch, env, files, args } = input;
  const nothing = makeFloorProgram(platform.platform.architecture) ?? Buffer.alloc(0);
  const call = engineRun(directories);
  const id = name.replace(/[^\w.-]+/g, '-').toLowerCase();
  const image = `localhost/prism-bench/${id}:latest` as const;
  const floor = 'localhost/prism-bench-floor:latest';
  const loaded = await loadPlatform(podman, platform, [image], verified);
  if (!loaded.ok) return loaded;
  const tar = writeLayerTar([
    { type: 'file', path: 'floor', mode: 0o755, uid: 0, gid: 0, content: { kind: 'bytes', bytes: nothing } },
  ]);
  const imported = await call({
    argv: ['podman', 'import', '--quiet', '--change', 'ENTRYPOINT ["/floor"]', '-', floor],
    input: Buffer.concat([...tar].map((chunk) => Buffer.from(chunk))),
  });
  if (!imported.ok)
    return failed(...imported.failures.map((failure) => engineFailure('ENGINE_FAILED', failure)));
  const container = `prism-bench-${id}-${process.pid}`;
  const pidOf = async () => {
    const seen = await call({
      argv: ['podman', 'container', 'inspect', '--format', '{{.State.Pid}}', container],
    });
    return seen.ok ? Number(seen.value.stdout) || undefined : undefined;
  };
  // Copies, which the image's user may read.
  const copies = join(scratch, 'files');
  const written = writeFiles(copies, files);
  if (!written.ok) return written;
  const mounts = files.map(({ path }) => `--volume=${join(copies, path)}:${path}:ro`);
  const launch = (
    of: string,
    more: readonly string[],
    values: Readonly<Record<string, string>>,
    options: readonly string[] = [],
  ): Launch => ({
    argv: [
      ...(['podman', 'run', '--rm', '--pull=never', '--network=host', `--name=${container}`] as const),
      ...[
        `--label=${projectLabel}=${id}`,
        ...Object.keys(values).flatMap((variable) => ['--env', variable]),
        ...options,
        of,
        ...more,
      ],
    ],
    env: { ...engineEnvironment(directories), ...values },
    stop: async () => {
      await call({ argv: removeContainer(podman, container) });
    },
  });
  const component = launch(image, args, env, mounts);
  return ok({
    side: {
      where: 'container',
      engine,
      command: component.argv,
      component: { ...component, pidOf },
      floor: { ...launch(floor, [], {}), stop: async () => undefined },
    },
    remove: async () => {
      for (const one of [image, floor]) await call({ argv: removeImage(podman, one) });
    },
  });
}
