import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import type { Answer, OracleCase } from './case';
import { describeConfig } from './configFields';
import { flattenLayers } from './flatten';

const start = promisify(execFile);

/** A Podman with storage and settings of its own; builds in it run one after the other. */
export interface Podman {
  readonly build: (oracleCase: OracleCase, directory: string) => Promise<Answer>;
  readonly close: () => Promise<void>;
}

const SETTINGS = `[containers]
default_ulimits=["nofile=20000:20000","nproc=4096:4096"]
[engine]
runtime="runc"
cgroup_manager="cgroupfs"
events_logger="file"
`;

/** Memory is faster than a disk for hundreds of tiny images, and nothing here has to survive. */
const BASE = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

export function openPodman(): Podman {
  const home = mkdtempSync(join(BASE, 'prism-oracle-'));
  const conf = join(home, 'containers.conf');
  mkdirSync(join(home, 'cni'));
  writeFileSync(conf, `${SETTINGS}[network]\nnetwork_config_dir="${join(home, 'cni')}"\n`);
  // Collecting garbage costs Podman and the copies of itself that it starts a third of their time.
  const env = { ...process.env, CONTAINERS_CONF: conf, GOGC: 'off' };
  const own = ['--root', join(home, 'root'), '--runroot', join(home, 'run'), '--storage-driver', 'vfs'];
  const podman = (args: readonly string[], cwd?: string) =>
    start('podman', [...own, ...args], { env, cwd, timeout: 60_000, maxBuffer: 1 << 24 });
  return {
    build: async (oracleCase, directory) => {
      const ids = join(home, 'id');
      // Left by `buildNatively`, which makes both see the same image.
      for (const [at, name] of Object.keys(oracleCase.bases ?? {}).entries()) {
        // A relative path, since Podman makes a name of it.
        const pulled = await podman(['pull', '-q', `oci:base-${at}`], join(directory, '..'));
        await podman(['tag', pulled.stdout.trim(), name]);
      }
      try {
        await podman(['build', ...buildArguments(oracleCase), '--iidfile', ids, directory]);
      } catch (error) {
        return { kind: 'refusal', code: 'podman', text: messageOf(error) };
      }
      const id = readFileSync(ids, 'utf8').replace('sha256:', '');
      const out = join(home, 'out');
      await podman(['save', '-q', '--format', 'oci-dir', '--uncompressed', '-o', out, id]);
      const tree = await readLayout(out);
      rmSync(out, { recursive: true });
      // `save` would turn a Docker configuration into an OCI one, and lose HEALTHCHECK and SHELL.
      const name = `=${Buffer.from(`sha256:${id}`).toString('base64')}`;
      const config = readFileSync(join(home, 'root/vfs-images', id, name), 'utf8');
      return { kind: 'image', fields: new Map([...tree, ...describeConfig(config)]) };
    },
    close: async () => {
      // Files of a rootless user may belong to others of its user namespace.
      if (process.getuid?.() !== 0) await start('podman', ['unshare', 'rm', '-rf', home]).catch(() => {});
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function buildArguments({ containerfile, buildArgs, target, platform }: OracleCase): string[] {
  // Only Docker's format has a place for these.
  const docker = /^\s*(HEALTHCHECK|SHELL)\b/im.test(containerfile);
  return [
    ...[
      '--layers=false',
      '--timestamp',
      '0',
      '--omit-history',
      '--identity-label=false',
      '--pull=never',
      '-q',
    ],
    ...['--format', docker ? 'docker' : 'oci', '--platform', platform ?? 'linux/amd64'],
    ...Object.entries(buildArgs ?? {}).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
    ...(target === undefined ? [] : ['--target', target]),
  ];
}

interface Manifest {
  readonly layers: readonly { readonly digest: string }[];
}

async function readLayout(layout: string): Promise<Map<string, string>> {
  const blob = (digest: string) => join(layout, 'blobs', digest.replace(':', '/'));
  const index = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')) as {
    manifests: { digest: string }[];
  };
  const manifest = JSON.parse(readFileSync(blob(index.manifests[0]!.digest), 'utf8')) as Manifest;
  return flattenLayers(
    manifest.layers.map(({ digest }) => {
      const bytes = readFileSync(blob(digest));
      // Podman may write a layer of a base uncompressed, and still call it gzip.
      const gzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
      return streamOf(gzip ? gunzipSync(bytes) : bytes);
    }),
  );
}

async function* streamOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function messageOf(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string };
  return (stderr || message).trim().split('\n').slice(-3).join('\n');
}
