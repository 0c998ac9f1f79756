import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { onEnd } from './cleanup.mjs';
import { installGoTool } from './goTool.mjs';
import { freePort } from './ports.mjs';
import { environment, run } from './process.mjs';
import { cache } from './workspace.mjs';

export const koVersion = 'v0.19.1';

/**
 * `ko build` of a Go program for both platforms, on an empty base, with the same flags: into an OCI layout, or to a repository on
 * loopback.
 */
export async function koBuild(scratch, workspace, { module, main, tags }, repository) {
  const ko = await installGoTool('github.com/google/ko', koVersion);
  const base = await servedBase(scratch);
  const config = join(scratch, 'ko');
  fs.mkdirSync(config, { recursive: true });
  const build = {
    id: 'it',
    dir: '.',
    main,
    flags: ['-trimpath', '-buildvcs=false', `-tags=${tags}`],
    ldflags: ['-s', '-w'],
  };
  fs.writeFileSync(join(config, '.ko.yaml'), JSON.stringify({ defaultBaseImage: base, builds: [build] }));
  const env = environment({
    KO_CONFIG_PATH: config,
    KO_DOCKER_REPO: repository ?? 'localhost/bench',
    GOCACHE: join(cache, 'gobuild'),
    GOMODCACHE: join(cache, 'gomod'),
    GOWORK: 'off',
    GOPROXY: 'off',
    GOTOOLCHAIN: 'local',
    CGO_ENABLED: '0',
  });
  const layout = join(scratch, 'ko-layout');
  const to = repository ? ['--bare', '--insecure-registry'] : ['--push=false', `--oci-layout-path=${layout}`];
  return async () => {
    fs.rmSync(layout, { recursive: true, force: true });
    const argv = [ko, 'build', '--sbom=none', '--platform=linux/amd64,linux/arm64', ...to, main];
    await run(argv, { cwd: join(workspace, module), env });
  };
}

/** An empty image of both platforms in a registry on loopback, the only place from which ko takes a base. */
async function servedBase(scratch) {
  const port = await freePort();
  const settings = join(scratch, 'registry.yml');
  fs.writeFileSync(
    settings,
    `version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: ${join(scratch, 'registry')}}}\nhttp: {addr: 127.0.0.1:${port}}\n`,
  );
  const registry = spawn('docker-registry', ['serve', settings], { stdio: 'ignore' });
  onEnd(() => registry.kill());
  const layout = join(scratch, 'empty');
  writeEmptyLayout(layout);
  const name = `127.0.0.1:${port}/empty:latest`;
  const copy = [
    'skopeo',
    'copy',
    '-q',
    '--all',
    '--dest-tls-verify=false',
    `oci:${layout}:latest`,
    `docker://${name}`,
  ];
  for (let attempt = 1; ; attempt += 1) {
    try {
      await run(copy);
      return name;
    } catch (error) {
      if (attempt === 20) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}

function writeEmptyLayout(layout) {
  fs.mkdirSync(join(layout, 'blobs', 'sha256'), { recursive: true });
  const put = (mediaType, bytes) => {
    const hex = createHash('sha256').update(bytes).digest('hex');
    fs.writeFileSync(join(layout, 'blobs', 'sha256', hex), bytes);
    return { mediaType, digest: `sha256:${hex}`, size: bytes.length };
  };
  const putJson = (mediaType, value) => put(mediaType, Buffer.from(JSON.stringify(value)));
  const type = (name) => `application/vnd.oci.image.${name}`;
  // One empty layer: not every tool accepts an image without layers.
  const tar = Buffer.alloc(1024);
  const layer = put(type('layer.v1.tar'), tar);
  const manifests = ['amd64', 'arm64'].map((architecture) => {
    const rootfs = { type: 'layers', diff_ids: [layer.digest] };
    const config = putJson(type('config.v1+json'), { os: 'linux', architecture, config: {}, rootfs });
    const manifest = { schemaVersion: 2, mediaType: type('manifest.v1+json'), config, layers: [layer] };
    return { ...putJson(type('manifest.v1+json'), manifest), platform: { os: 'linux', architecture } };
  });
  const index = putJson(type('index.v1+json'), {
    schemaVersion: 2,
    mediaType: type('index.v1+json'),
    manifests,
  });
  const named = { ...index, annotations: { 'org.opencontainers.image.ref.name': 'latest' } };
  fs.writeFileSync(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [named] }));
  fs.writeFileSync(join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
}
