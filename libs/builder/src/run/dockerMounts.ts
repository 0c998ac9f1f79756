import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, copyFileSync, createReadStream, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mounted } from '@prism-build/assemble';
import { type DockerMount, dockerCommand, type SecretSource } from '@prism-build/engine';
import { ok, type Result } from '@prism-build/errors';
import { blobPath, type PlatformImage } from '@prism-build/oci';
import { type RunMount, scriptPath } from '@prism-build/plan';
import { attempt } from '@prism-build/shell';
import { callEngine } from './builderStore';
import type { DockerPlace } from './dockerPlace';
import type { PreparedRun } from './preparedRun';
import { readEntries } from './readResult';
import { cacheName } from './runMounts';

/** The mounts of a command. Directories become volumes, files are copied below `scratch`, caches are in `place`. */
export async function makeMounts(
  place: DockerPlace,
  run: PreparedRun,
  secrets: readonly SecretSource[],
  scratch: string,
): Promise<Result<DockerMount[]>> {
  const { step, mounts: trees } = run.execution;
  const made: DockerMount[] = [];
  const files = join(scratch, 'mounts');
  for (const [at, mount] of step.mounts.entries()) {
    const one =
      mount.type === 'bind'
        ? await makeBind(place, run.store.directory, files, {
            image: run.mounts[at]!,
            isDirectory: trees[at]?.get(mounted)?.type === 'directory',
            ...mount,
          })
        : await attempt(`cannot prepare the mount of ${mount.target}`, () =>
            makeOther(place, mount, run.input.project, secrets, files),
          );
    if (!one.ok) return one;
    if (one.value) made.push(one.value);
  }
  if (step.script === undefined) return ok(made);
  const script = { image: run.mounts.at(-1)!, isDirectory: false, target: scriptPath, writable: false };
  const bound = await makeBind(place, run.store.directory, files, script);
  return bound.ok ? ok([...made, bound.value]) : bound;
}

interface Bind {
  readonly image: PlatformImage;
  readonly isDirectory: boolean;
  readonly target: string;
  readonly writable: boolean;
}

/** Mounts a directory as a volume, which the daemon fills with the right owners, and a file as a file of this machine. */
async function makeBind(
  place: DockerPlace,
  store: string,
  files: string,
  { image, isDirectory, target, writable }: Bind,
): Promise<Result<DockerMount>> {
  const readonly = !writable;
  if (isDirectory) {
    const source = `prism-run-${randomBytes(8).toString('hex')}`;
    const loaded = await place.load(image);
    if (!loaded.ok) return loaded;
    const volume = await callEngine(place.call, { argv: dockerCommand.createVolume(source, place.label) });
    if (!volume.ok) return volume;
    const fill = dockerCommand.fill(source, place.label, loaded.value, `/${mounted}`);
    const filled = await callEngine(place.call, { argv: fill });
    return filled.ok ? ok({ type: 'volume', source, target, readonly }) : filled;
  }
  return attempt(`cannot prepare the mount of ${target}`, async () => {
    const directory = join(files, randomBytes(8).toString('hex'));
    mkdirSync(directory, { recursive: true });
    // The layer of a mount is not compressed.
    const [entry] = await readEntries(createReadStream(blobPath(store, image.layers[0]!.digest)), directory);
    const { path, header } = entry!;
    own(path, header.uid, header.gid);
    chmodSync(path, header.mode);
    return { type: 'bind', source: path, target, readonly };
  });
}

function makeOther(
  { directory }: DockerPlace,
  mount: Exclude<RunMount, { type: 'bind' }>,
  project: string,
  secrets: readonly SecretSource[],
  files: string,
): DockerMount | undefined {
  const { target } = mount;
  if (mount.type === 'tmpfs') return { type: 'tmpfs', target, size: mount.size };
  if (mount.type === 'cache') {
    const source = join(directory, 'caches', cacheName(mount, project));
    if (mkdirSync(source, { recursive: true }) !== undefined) claim(source, mount, '0755');
    return { type: 'bind', source, target, readonly: false };
  }
  const secret = secrets.find(({ id }) => id === mount.id);
  if (!secret) return undefined;
  const inside = join(files, randomBytes(8).toString('hex'));
  mkdirSync(inside, { recursive: true, mode: 0o700 });
  const source = join(inside, 'secret');
  if ('file' in secret) copyFileSync(secret.file, source);
  else writeFileSync(source, process.env[secret.env] ?? '');
  claim(source, mount, '0400');
  return { type: 'bind', source, target, readonly: true };
}

function claim(
  path: string,
  { mode, uid, gid }: { readonly mode?: string; readonly uid?: string; readonly gid?: string },
  usual: string,
): void {
  own(path, Number(uid ?? 0), Number(gid ?? 0));
  chmodSync(path, Number.parseInt(mode ?? usual, 8));
}

/** Only root may change a file's owner; for other users it stays as it is. */
function own(path: string, uid: number, gid: number): void {
  if (process.getuid?.() === 0) chownSync(path, uid, gid);
}
