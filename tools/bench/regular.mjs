import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { align, measure, table } from './lib/measure.mjs';
import { podmanOf } from './lib/podman.mjs';
import { freePort, readyAfter } from './lib/ports.mjs';
import { environment, time } from './lib/process.mjs';
import { nxOf, repository, temporaryDirectory } from './lib/workspace.mjs';

/** What the documents claim: 6 MB instead of 127, ready after 10 ms instead of 150. */
const claimed = { size: 0.047, start: 10 / 150 };
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(2)} MB`;

/**
 * The variant on a full Debian against the default image on scratch: sizes, and the time from the start of a container to the
 * first connection. The same program without a container, and a container that ends at once, tell the engine's part.
 * `project` is a component that listens where PRISM_LISTEN says.
 */
export async function regular({ rounds = 9, project = 'plugin-memstore' }) {
  const scratch = temporaryDirectory();
  const nx = nxOf(repository, { daemon: false });
  await nx('run-many', '-t', 'materialize,materialize-regular', '-p', project);
  const podman = podmanOf(scratch);
  const layouts = join(repository, 'dist', 'layouts', project);
  // By a link: Podman makes a name of the path, and a name has no plus sign.
  const pull = async (name, layout) => {
    fs.symlinkSync(layout, join(scratch, name));
    return (await podman('pull', '-q', `oci:${join(scratch, name)}`)).trim();
  };
  const images = {
    scratch: await pull('scratch', layouts),
    regular: await pull('regular', `${layouts}+regular`),
  };
  const port = await freePort();
  const listen = `127.0.0.1:${port}`;
  const own = ['--pull', 'never', '--network', 'host'];
  const container = (image) => async () => {
    const begin = performance.now();
    const id = await podman('run', '-d', ...own, '-e', `PRISM_LISTEN=${listen}`, image);
    const taken = await readyAfter(port, begin, { pause: 1 });
    await podman('rm', '-f', '-t', '0', id.trim());
    return taken;
  };
  const binary = compiled(project);
  const times = await measure(
    {
      scratch: container(images.scratch),
      regular: container(images.regular),
      floor: () => time(() => podman('run', '--rm', ...own, '--entrypoint', '/bin/true', images.regular)),
      bare: () => bare(binary, port, { PRISM_LISTEN: listen }),
    },
    rounds,
  );
  const sizes = { scratch: sizesOf(project), regular: sizesOf(project, 'regular') };
  const part = sizes.scratch.uncompressedSize / sizes.regular.uncompressedSize;
  const saved = (1 - part) * 100;
  const version = (await podman('version', '--format', '{{.Client.Version}}')).trim();
  return [
    `${project} on scratch against its variant on Debian; goals are what the documents claim; podman ${version}\n`,
    `  commands: podman run -d --network host <image>; ${binary.replace(`${repository}/`, '')}\n`,
    align([
      ['', 'uncompressed', 'compressed'],
      ...Object.entries(sizes).map(([name, { uncompressedSize, size }]) => [
        name,
        megabytes(uncompressedSize),
        megabytes(size),
      ]),
    ]),
    `  ${saved.toFixed(1)} % smaller: ${part <= claimed.size ? 'met' : 'MISSED'} (95.3 %)\n`,
    table([
      [
        'scratch: container to first connection',
        times.scratch,
        { to: 'regular', peer: times.regular, goal: claimed.start },
      ],
      ['regular: container to first connection', times.regular],
      ['a container that ends at once', times.floor],
      ['the program without a container', times.bare],
    ]),
  ].join('');
}

function sizesOf(project, variant = '') {
  const path = join(repository, 'dist', 'images', project, variant, 'digest.json');
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  const { platforms } = JSON.parse(fs.readFileSync(path, 'utf8'));
  return platforms.find(({ platform }) => platform.architecture === architecture).totals;
}

function compiled(project) {
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  return join(repository, 'dist', 'compile', project, `linux-${architecture}`, project);
}

async function bare(binary, port, env) {
  const begin = performance.now();
  const child = spawn(binary, [], { env: environment(env), stdio: 'ignore' });
  const ended = new Promise((resolve) => child.on('error', resolve).on('exit', resolve));
  try {
    return await readyAfter(port, begin, { pause: 1 });
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
}
