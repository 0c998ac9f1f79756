import * as fs from 'node:fs';
import { join } from 'node:path';
import { onEnd } from './cleanup.mjs';
import { dockerOf } from './docker.mjs';
import { engineSettings, resetOf, storeOf } from './podman.mjs';
import { environment, run, time } from './process.mjs';
import { cache, commit, linkModules, nxOf, startWorkspace } from './workspace.mjs';

const platforms = ['linux/amd64', 'linux/arm64'];
const containerfile = (binary) =>
  `FROM scratch\nARG TARGETARCH\nCOPY \${TARGETARCH}/${binary} /${binary}\nUSER 65532:65532\nENTRYPOINT ["/${binary}"]\n`;

/** Buildah from `<out>/<architecture>/<binary>` with its own storage; undefined if it is not installed. */
export async function buildahBuild(scratch, out, binary) {
  const store = join(scratch, 'buildah');
  const env = environment(engineSettings());
  const buildah = (...args) =>
    run(['buildah', '--root', join(store, 'storage'), '--runroot', join(store, 'run'), ...args], {
      cwd: out,
      env,
    });
  if (!(await buildah('version').catch(() => undefined))) return undefined;
  onEnd(() => buildah('rmi', '--all', '--force'));
  const file = join(scratch, 'buildah.Containerfile');
  fs.writeFileSync(file, containerfile(binary));
  return async () => {
    await buildah('manifest', 'rm', 'bench').catch(() => undefined);
    const options = ['--no-cache', '--platform', platforms.join(), '--manifest', 'bench'];
    return time(() => buildah('build', '-q', ...options, '-f', file, '.'));
  };
}

/** BuildKit of Debian's Docker, once for each platform: without buildx it makes no image of two. */
export async function buildkitBuild(scratch, out, binary) {
  const docker = await dockerOf(scratch);
  const file = join(scratch, 'buildkit.Dockerfile');
  fs.writeFileSync(file, containerfile(binary));
  return () =>
    time(async () => {
      for (const platform of platforms)
        await docker('build', '-q', '--no-cache', '--platform', platform, '-t', 'bench', '-f', file, out);
    });
}

/**
 * An Nx workspace as people write it without a plugin: run-commands targets `compile` and `image`, cached, with the inputs
 * written by hand. `sources` are directories of `workspace`. Returns its root and nx.
 */
export async function commandsWorkspace(scratch, workspace, { sources, module, binary, tags }) {
  const root = join(scratch, 'commands');
  startWorkspace(root, {});
  linkModules(root);
  for (const name of sources) fs.cpSync(join(workspace, name), join(root, name), { recursive: true });
  fs.rmSync(join(root, module, 'package.json'), { force: true });
  // By its path: run-commands puts the directory of node before PATH, where another Go may be.
  const go = (await run(['sh', '-c', 'command -v go'])).trim();
  const flags = `-trimpath -buildvcs=false -tags=${tags} -ldflags='-s -w'`;
  const one = (architecture) =>
    `GOARCH=${architecture} ${go} build ${flags} -o ../../dist/bin/${architecture}/${binary} ./cmd/${binary}`;
  const storage = `${root}-podman`;
  fs.mkdirSync(storage);
  const store = storeOf(storage).join(' ');
  onEnd(() => run(['podman', ...storeOf(storage), ...resetOf(storage)]));
  const targets = {
    compile: {
      executor: 'nx:run-commands',
      options: { commands: ['amd64', 'arm64'].map(one), cwd: module },
      cache: true,
      inputs: sources.map((name) => `{workspaceRoot}/${name}/**/*`),
      outputs: ['{workspaceRoot}/dist/bin'],
    },
    image: {
      executor: 'nx:run-commands',
      dependsOn: ['compile'],
      options: {
        parallel: false,
        commands: [
          `podman ${store} manifest rm localhost/bench || true`,
          `podman ${store} build -q --platform ${platforms.join()} --manifest localhost/bench -f image.Containerfile dist/bin`,
        ],
      },
    },
  };
  fs.writeFileSync(join(root, 'image.Containerfile'), containerfile(binary));
  fs.writeFileSync(join(root, module, 'project.json'), JSON.stringify({ name: 'api', targets }));
  await commit(root);
  const settings = { GOWORK: 'off', GOPROXY: 'off', GOTOOLCHAIN: 'local', CGO_ENABLED: '0', GOOS: 'linux' };
  const caches = { GOCACHE: join(cache, 'gobuild'), GOMODCACHE: join(cache, 'gomod') };
  return { root, nx: nxOf(root, { daemon: true, more: { ...engineSettings(), ...settings, ...caches } }) };
}
