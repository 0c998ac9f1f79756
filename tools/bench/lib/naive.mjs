import * as fs from 'node:fs';
import { join } from 'node:path';
import { podmanOf } from './podman.mjs';
import { time } from './process.mjs';
import { cache } from './workspace.mjs';

const host = process.arch === 'x64' ? 'amd64' : process.arch;
const platforms = ['linux/amd64', 'linux/arm64'];

/**
 * `podman build` of a Containerfile with a compile stage, for both platforms at once, as people usually write it: the
 * builder by name, on the machine's own platform, cross-compiling. Store and cache mounts are private, because
 * another build that replaces the builder, or another user's cache, could break it. Modules are mounted read-only:
 * fetching them in each build would be slower still. Returns a function that builds with or without cache mounts and
 * returns the milliseconds.
 */
export async function naiveBuild({ scratch, workspace, layout, containerfile }) {
  const temporary = join(scratch, 'tmp');
  fs.mkdirSync(temporary);
  const podman = podmanOf(scratch, workspace, { TMPDIR: temporary });
  const id = (await podman('pull', '--quiet', `oci:${layout}`)).trim();
  const builder = /^FROM (\S+) AS compile$/m.exec(read(workspace, containerfile))[1];
  await podman('tag', id, builder);
  const files = {
    plain: join(scratch, 'plain.Containerfile'),
    mounts: join(scratch, 'mounts.Containerfile'),
  };
  fs.writeFileSync(files.plain, derive(read(workspace, containerfile), ''));
  fs.writeFileSync(
    files.mounts,
    derive(read(workspace, containerfile), '--mount=type=cache,target=/root/.cache '),
  );
  return async (withMounts) => {
    const name = `localhost/bench/${withMounts ? 'mounts' : 'plain'}`;
    // Removes the manifest list first: Podman would append to it, and the old image would still be the one that runs.
    await podman('manifest', 'rm', name).catch(() => undefined);
    const options = ['--platform', platforms.join(), '--manifest', name, '--network', 'none'];
    const modules = ['--volume', `${join(cache, 'gomod')}:/go/pkg/mod:ro`];
    const file = withMounts ? files.mounts : files.plain;
    const milliseconds = await time(() => podman('build', '-q', ...options, ...modules, '-f', file, '.'));
    await check(podman, name);
    return milliseconds;
  };
}

/** The same Containerfile, but compiling on this machine's platform for that of the image. */
function derive(text, mount) {
  const lines = text.split('\n').flatMap((line) => {
    if (/^FROM \S+ AS compile$/.test(line))
      // A literal platform: with $BUILDPLATFORM, Podman 4.3 looks for a local base in a registry.
      return [line.replace('FROM', `FROM --platform=linux/${host}`), 'ARG TARGETARCH', 'ENV GOPROXY=off'];
    return [line.replace(/^RUN \["compile-/, `RUN ${mount}["compile-`)];
  });
  return lines.join('\n');
}

async function check(podman, name) {
  const { manifests } = JSON.parse(await podman('manifest', 'inspect', name));
  const found = manifests.map(({ platform }) => `${platform.os}/${platform.architecture}`).sort();
  if (found.join() !== platforms.join()) throw new Error(`${name} has ${found}, not ${platforms}`);
}

function read(workspace, file) {
  return fs.readFileSync(join(workspace, file), 'utf8');
}
