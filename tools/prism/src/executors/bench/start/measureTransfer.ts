import { createWriteStream, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engineRun } from '@prism-build/builder';
import type { Argv } from '@prism-build/engine';
import { engineFailure, failed, ok, type Result } from '@prism-build/errors';
import { describeValues, serveImage, type TransferReport } from '@prism-build/measure';
import { blobPath, platformName, writeOciArchive } from '@prism-build/oci';
import type { StartInput } from './started';

const WARM_UPS = 1;
const RUNS = 5;

/**
 * The time that Podman needs for an image from a registry on loopback, and from an archive, each into an empty store of its own. The
 * store of this machine's user is not touched. Failures: ENGINE_FAILED, those of reading blobs.
 */
export async function measureTransfer(
  { platform, store, directories, verified, scratch }: StartInput,
  engine: string,
): Promise<Result<TransferReport>> {
  // Podman limits the length of a path for sockets.
  const own = mkdtempSync(join(tmpdir(), 'prism-t-'));
  const call = engineRun(directories);
  const podman = (...args: string[]): Argv => [
    'podman',
    '--root',
    join(own, 'root'),
    '--runroot',
    join(own, 'run'),
    // `system reset` empties the first, and removes the networks of the second. In the shared ones are the state of all
    // running containers of the user, and their networks.
    '--tmpdir',
    join(own, 'tmp'),
    '--network-config-dir',
    join(own, 'networks'),
    ...args,
  ];
  const archive = join(scratch, 'image.tar');
  mkdirSync(scratch, { recursive: true });
  const sources = { store, imageDirs: [verified.directory] };
  const written = await writeOciArchive(
    platform,
    'localhost/image:latest',
    sources,
    createWriteStream(archive),
  );
  if (!written.ok) return written;
  const blobs = [platform.config, ...platform.layers];
  const served = await serveImage(platform.manifest, blobs, (digest) => blobPath(store.directory, digest));
  const time = async (...args: string[]): Promise<Result<number>> => {
    const began = performance.now();
    const done = await call({ argv: podman(...args) });
    const taken = performance.now() - began;
    if (!done.ok) return failed(...done.failures.map((failure) => engineFailure('ENGINE_FAILED', failure)));
    const emptied = await call({ argv: podman('rmi', '--all', '--force') });
    return emptied.ok ? ok(taken) : emptied;
  };
  try {
    const [pulls, loads]: [number[], number[]] = [[], []];
    for (let round = -WARM_UPS; round < RUNS; round++) {
      const pull = await time('pull', '--quiet', '--tls-verify=false', served.reference);
      if (!pull.ok) return pull;
      const load = await time('load', '--quiet', '--input', archive);
      if (!load.ok) return load;
      if (round < 0) continue;
      pulls.push(pull.value);
      loads.push(load.value);
    }
    return ok({
      ...{
        platform: platformName(platform.platform),
        engine,
        bytes: blobs.reduce((sum, { size }) => sum + size, 0),
      },
      ...{ pull: describeValues(pulls, 'ms'), load: describeValues(loads, 'ms') },
    });
  } finally {
    await served.close();
    await call({ argv: podman('system', 'reset', '--force') });
    rmSync(own, { recursive: true, force: true, maxRetries: 5 });
  }
}
