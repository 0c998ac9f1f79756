import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ok } from '@prism-build/errors';
import { type Entry, openContentStore, type PlatformImage, putLayer, whiteout } from '@prism-build/oci';
import { addExploitData, takeFacts } from '../src';
import { readExploitData } from '../src/exploitData';
import { readLicenses } from '../src/readLicenses';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'prism-facts-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const file = (path: string, mode: number, bytes: Uint8Array = Buffer.from('#!')): Entry => ({
  ...{ type: 'file', path, mode, uid: 0, gid: 0 },
  content: { kind: 'bytes', bytes },
});
const directory = (path: string, mode: number): Entry => ({ type: 'directory', path, mode, uid: 0, gid: 0 });
const link = (path: string, linkTarget: string): Entry => ({
  ...{ type: 'symlink', path, mode: 0o777, uid: 0, gid: 0, linkTarget },
});

/** The start of an ELF file for a machine, little endian, and some more bytes. */
function elf(machine: number): Uint8Array {
  const bytes = Buffer.alloc(100_000);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1]);
  bytes.writeUInt16LE(machine, 18);
  return bytes;
}

async function take(...layers: Entry[][]) {
  const store = await openContentStore(join(root, 'store'));
  if (!store.ok) throw new Error(JSON.stringify(store.failures));
  const put = [];
  for (const entries of layers) {
    const layer = await putLayer(store.value, entries, { compression: 'zstd' });
    if (!layer.ok) throw new Error(JSON.stringify(layer.failures));
    put.push({ ...layer.value, origin: 'own' as const });
  }
  const image = { manifest: { digest: put.map(({ digest }) => digest).join() }, layers: put };
  const facts = await takeFacts(
    {
      ...{ store: store.value, imageDirs: [], kept: join(root, 'kept') },
      ...{ fetch: async () => ok(undefined), inTurn: (work) => work() },
    },
    image as unknown as PlatformImage,
  );
  if (!facts.ok) throw new Error(JSON.stringify(facts.failures));
  return facts.value;
}

test('facts are those of the files that a container sees', async () => {
  const facts = await take(
    [
      file('bin/su', 0o4755),
      file('bin/gone', 0o4755),
      file('bin/hidden', 0o6755),
      file('bin/bash', 0o755),
      file('lib/apt', 0o755),
      file('open', 0o666),
      directory('tmp', 0o1777),
      directory('var', 0o777),
      file('app', 0o755, elf(62)),
      file('other', 0o755, elf(183)),
      file('odd', 0o755, elf(999)),
      file('data.elf', 0o644, elf(183)),
    ],
    [file('bin/hidden', 0o755), whiteout('bin/gone'), link('bin/sh', 'bash'), link('bin/zsh', 'nothing')],
  );
  expect(facts).toEqual({
    setuid: [{ path: 'bin/su', mode: 0o4755 }],
    worldWritable: [
      { path: 'open', type: 'file' },
      { path: 'var', type: 'directory' },
    ],
    shells: ['bin/bash', 'bin/sh'],
    packageManagers: [],
    binaries: { amd64: ['app'], 'an unknown architecture': ['odd'], arm64: ['other'] },
  });
});

test('data about exploitation is read as its publishers write it; without it, nothing is added', () => {
  const finding = { id: 'CVE-2023-39325' } as never;
  const none = readExploitData(root);
  expect(none.ok && addExploitData([finding], none.value)).toEqual([finding]);
  writeFileSync(
    join(root, 'known_exploited_vulnerabilities.json'),
    '{"title":"x","vulnerabilities":[{"cveID":"CVE-2023-39325","dueDate":"2023-10-31"}]}',
  );
  const scores = '#model_version:v2025\ncve,epss,percentile\nCVE-2023-39325,0.94,0.99\n';
  writeFileSync(join(root, 'epss_scores-current.csv'), scores);
  const data = readExploitData(root);
  expect(data.ok && addExploitData([finding], data.value)).toEqual([
    { id: 'CVE-2023-39325', epss: 0.94, knownExploited: true },
  ]);
  writeFileSync(join(root, 'epss_scores-current.csv'), scores.replace('0.94', 'high'));
  const damaged = readExploitData(root);
  expect(damaged.ok || damaged.failures[0]!.code).toBe('SCAN_DATABASE_INVALID');
});

test.each<[unknown, string | undefined]>([
  [undefined, undefined],
  [[{ license: { id: 'MIT' } }], 'MIT'],
  [[{ license: { name: 'BSD' } }], 'BSD'],
  [[{ expression: 'MIT OR ISC' }, { license: { id: 'ISC' } }], '(MIT OR ISC) AND ISC'],
])('the licences %j are the expression %s', (licenses, expected) => {
  const component = {
    'bom-ref': 'a',
    type: 'library',
    name: 'a',
    version: '1',
    purl: 'pkg:npm/a@1',
    licenses,
  };
  const bom = JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', components: [component] });
  const read = readLicenses(Buffer.from(bom));
  expect(read.ok && read.value[0]!.license).toBe(expected);
});
