import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as http from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { onEnd } from './cleanup.mjs';
import { repository } from './workspace.mjs';

const require = createRequire(import.meta.url);

/** The plugin's push, bundled from its sources. */
export function bundlePush(scratch) {
  const outfile = join(scratch, 'push.cjs');
  const contents = `
    export * from '@prism-build/registry';
    export * from '@prism-build/oci';
    export { run } from '@prism-build/shell';`;
  require('esbuild').buildSync({
    stdin: { contents, resolveDir: join(repository, 'tools', 'prism') },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile,
  });
  return require(outfile);
}

/** A registry of Debian on loopback behind a proxy that counts requests and the bytes of bodies. */
export async function countedRegistry(scratch) {
  const backend = await startRegistry(scratch);
  const count = { requests: 0, bytes: 0 };
  const server = http.createServer((request, response) => {
    count.requests += 1;
    request.on('data', (chunk) => {
      count.bytes += chunk.length;
    });
    const { method, url: path, headers } = request;
    const passed = http.request({ host: '127.0.0.1', port: backend, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    passed.on('error', () => response.destroy());
    request.pipe(passed);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  onEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  /** Requests and bytes since the last call. */
  const take = () => {
    const { requests, bytes } = count;
    Object.assign(count, { requests: 0, bytes: 0 });
    return { requests, bytes };
  };
  return { host: `127.0.0.1:${server.address().port}`, take };
}

async function startRegistry(scratch) {
  const port = 20_000 + (process.pid % 20_000);
  const settings = join(scratch, 'registry.json');
  const storage = { filesystem: { rootdirectory: join(scratch, 'registry') } };
  const http = { addr: `127.0.0.1:${port}` };
  // JSON is valid YAML.
  fs.writeFileSync(settings, JSON.stringify({ version: '0.1', log: { level: 'error' }, storage, http }));
  const child = spawn('docker-registry', ['serve', settings], { stdio: 'ignore' });
  onEnd(() => child.kill());
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const answer = await fetch(`http://127.0.0.1:${port}/v2/`).catch(() => undefined);
    if (answer?.ok) return port;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('docker-registry does not answer');
}

/** An image of two platforms as an OCI layout: a layer of random bytes for each, and a small one that both share. */
export function makeLayout(push, directory, bytes) {
  const put = (mediaType, content) => {
    const descriptor = push.describeBytes(mediaType, content);
    fs.writeFileSync(push.blobPath(directory, descriptor.digest), content);
    return descriptor;
  };
  fs.mkdirSync(join(directory, 'blobs', 'sha256'), { recursive: true });
  const layer = (content) => {
    const descriptor = put(push.LAYER_TYPES.none, content);
    return { ...descriptor, diffID: descriptor.digest, uncompressedSize: descriptor.size, origin: 'own' };
  };
  const shared = layer(Buffer.alloc(4096, 1));
  const built = push.buildImage(
    ['amd64', 'arm64'].map((architecture) => ({
      platform: { os: 'linux', architecture },
      settings: { user: '65532' },
      layers: [shared, layer(randomBytes(bytes))],
    })),
  ).value;
  for (const { descriptor, bytes: content } of built.blobs)
    fs.writeFileSync(push.blobPath(directory, descriptor.digest), content);
  fs.writeFileSync(join(directory, push.LAYOUT_FILE), push.encodeLayoutFile());
  fs.writeFileSync(join(directory, push.INDEX_FILE), push.encodeIndexFile(built.digestJson.index));
  return built.digestJson;
}
