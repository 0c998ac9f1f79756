import { execFileSync } from 'node:child_process';
import { createReadStream, createWriteStream, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command, testWith } from '../../../test/support/needs';
import {
  buildImage,
  CHUNK_SIZE,
  type Compression,
  decompressLayer,
  digestOf,
  LAYER_TYPES,
  type LayerEntries,
  materialize,
  publishImage,
  putBlobs,
  putLayer,
  writeDockerArchive,
} from '../src/index';
import { AMD64, ARM64, good, makeDirectory, makeStore, removeDirectories, sampleTree } from './images';

jest.setTimeout(240_000);
afterAll(removeDirectories);

const BIG = CHUNK_SIZE + 100_000;

/** A two-platform image whose layer has two frames, as a layout in a directory of its own. */
async function makeLayout(compression: Compression) {
  const store = await makeStore();
  const root = makeDirectory();
  const bytes = Buffer.alloc(BIG, 'the same again; ');
  const big: LayerEntries = [
    { type: 'file', path: 'big', mode: 0o644, uid: 0, gid: 0, content: { kind: 'bytes', bytes } },
  ];
  const layers = [good(await putLayer(store, [...sampleTree(), ...big], { compression }))].map((layer) => ({
    ...layer,
    origin: 'own' as const,
  }));
  const settings = { entrypoint: ['/usr/bin/hello'], user: '65532:65532' };
  const built = good(buildImage([AMD64, ARM64].map((platform) => ({ platform, settings, layers }))));
  good(await putBlobs(store, built.blobs));
  const dir = join(root, 'image');
  good(await publishImage(dir, { digestJson: built.digestJson, store, lockPath: join(root, 'lock') }));
  const outDir = join(root, 'layout');
  good(await materialize({ store, imageDirs: [dir], outDir, lockPath: join(root, 'lock') }));
  return { root, outDir, store, dir, image: built.digestJson };
}

/** Podman with a store of its own in `root`; nothing of the user's is read or written. */
function podman(root: string, ...args: string[]): string {
  const conf = join(root, 'containers.conf');
  writeFileSync(
    conf,
    '[containers]\ndefault_ulimits=["nofile=20000:20000","nproc=4096:4096"]\n' +
      '[engine]\nruntime="runc"\ncgroup_manager="cgroupfs"\nevents_logger="file"\n',
  );
  const own = ['--root', join(root, 'podman'), '--runroot', join(root, 'run'), '--storage-driver', 'vfs'];
  return execFileSync('podman', [...own, ...args], {
    env: { ...process.env, CONTAINERS_CONF: conf },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
    .toString()
    .trim();
}

const KINDS = ['zstd', 'gzip', 'none'] as const;

for (const compression of KINDS) {
  testWith([command('skopeo')], `${compression}: skopeo copies the layout and keeps the digest`, async () => {
    const { outDir, root, image } = await makeLayout(compression);
    const copy = join(root, 'copy');
    execFileSync('skopeo', ['copy', '-q', '--all', '--preserve-digests', `oci:${outDir}`, `oci:${copy}`]);
    const index = JSON.parse(readFileSync(join(copy, 'index.json'), 'utf8')) as {
      manifests: { digest: string }[];
    };
    expect(index.manifests.map(({ digest }) => digest)).toEqual([image.index.digest]);
  });

  testWith([command('podman')], `${compression}: podman reads a layer of several frames`, async () => {
    const { outDir, root, image } = await makeLayout(compression);
    const id = podman(root, 'pull', '-q', `oci:${outDir}`).split('\n').pop()!;
    const mine = image.platforms.find(({ platform }) => platform.architecture === hostArchitecture())!;
    expect(`sha256:${id}`).toBe(mine.config.digest);
    const mount = podman(root, 'image', 'mount', id);
    expect(readFileSync(join(mount, 'big')).length).toBe(BIG);
    expect(readFileSync(join(mount, 'usr/bin/also'), 'utf8')).toBe('hello\n');
    podman(root, 'image', 'umount', id);
    podman(root, 'rmi', '-f', id);
  });
}

function hostArchitecture(): string {
  return process.arch === 'x64' ? 'amd64' : process.arch;
}

async function archiveOf(compression: Compression) {
  const made = await makeLayout(compression);
  const file = join(made.root, 'archive.tar');
  const sources = { store: made.store, imageDirs: [made.dir] };
  const [platform] = made.image.platforms;
  good(await writeDockerArchive(platform!, ['localhost/prism/x:latest'], sources, createWriteStream(file)));
  return { ...made, file, platform: platform! };
}

testWith(
  [command('podman')],
  'an archive is loaded under its tags, and the image ID is the config digest',
  async () => {
    const { file, root, platform } = await archiveOf('zstd');
    podman(root, 'load', '-q', '-i', file);
    const id = podman(root, 'image', 'inspect', '--format', '{{.Id}}', 'localhost/prism/x:latest');
    expect(`sha256:${id}`).toBe(platform.config.digest);
  },
);

testWith([command('skopeo')], 'an archive is deterministic, and skopeo reads it', async () => {
  const [first, second] = [await archiveOf('zstd'), await archiveOf('zstd')];
  expect(digestOf(readFileSync(first.file))).toBe(digestOf(readFileSync(second.file)));
  const out = execFileSync('skopeo', ['inspect', '--config', '--raw', `docker-archive:${first.file}`]);
  expect(digestOf(out)).toBe(first.platform.config.digest);
});

testWith([command('zstd')], 'frames of the zstd tool, which do not say their size, are read', async () => {
  const root = makeDirectory();
  mkdirSync(root, { recursive: true });
  const bytes = Buffer.alloc(3_000_000, 'abcdefgh');
  const packed = execFileSync('zstd', ['-c', '-q', '-3'], { input: bytes });
  writeFileSync(join(root, 'two.zst'), Buffer.concat([packed, packed]));
  const chunks: Uint8Array[] = [];
  const source = createReadStream(join(root, 'two.zst'));
  for await (const chunk of decompressLayer(LAYER_TYPES.zstd, source)) chunks.push(chunk);
  expect(Buffer.concat(chunks).equals(Buffer.concat([bytes, bytes]))).toBe(true);
});
