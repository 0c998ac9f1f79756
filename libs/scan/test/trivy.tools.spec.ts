import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { all, ok } from '@prism-build/errors';
import { blobPath, type ContentStore, openContentStore } from '@prism-build/oci';
import { run } from '@prism-build/shell';
import { installTrivy, unpackAdvisories } from '../../../test/support/trivy';
import {
  makeInTurn,
  makeOnce,
  openDatabase,
  openTrivy,
  type Scanner,
  type SecretScanner,
  scanInventory,
  takeInventory,
} from '../src';
import { makeImage, unwrap } from './support/makeImage';
import { debian, type Files, go, node, python, rust } from './support/packages';

let root: string;
let binary: string;
let store: ContentStore;
let trivy: Scanner & SecretScanner;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'prism-trivy-'));
  store = unwrap(await openContentStore(join(root, 'store')));
  writeDatabase('first', 'trivy.db.xz');
  writeDatabase('second', 'npm-debian.db.xz');
  binary = installTrivy();
  const input = { run, binary, trusted: [], scratch: join(root, 'scratch') };
  trivy = unwrap(await openTrivy({ ...input, timeout: 60_000 }));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const writeDatabase = (name: string, packed: string) => unpackAdvisories(join(root, name), packed);

const database = async (name: string) => unwrap(await openDatabase(join(root, name)));
const take = async (image: Awaited<ReturnType<typeof makeImage>>, kept = 'kept') => {
  const input = {
    ...{ fetch: async () => ok(undefined), scanner: trivy, once: makeOnce(), store, imageDirs: [] },
    ...{ scratch: join(root, 'scratch'), kept: join(root, kept), inTurn: makeInTurn(2) },
  };
  return all(await Promise.all(image.platforms.map((platform) => takeInventory(input, platform))));
};
const inventoryOf = async (...layers: Files[]) =>
  Buffer.from(unwrap(await take(await makeImage(store, [{ layers }])))[0]!.bom);

describe('vulnerable packages are found, and fixed ones are not', () => {
  test.each<[string, () => Files, () => Files, string, string]>([
    [
      'Go',
      () => go('golang.org/x/net', 'v0.7.0'),
      () => go('golang.org/x/net', 'v0.99.0'),
      'first',
      'CVE-2023-39325 golang.org/x/net v0.7.0 0.17.0 gobinary app',
    ],
    [
      'Rust',
      () => rust('h2', '0.3.16'),
      () => rust('h2', '99.0.0'),
      'first',
      'CVE-2023-26964 h2 0.3.16 0.3.17 rustbinary bin/server',
    ],
    [
      'Python',
      () => python('urllib3', '1.26.4'),
      () => python('urllib3', '99.0.0'),
      'first',
      'CVE-2021-33503 urllib3 1.26.4 1.26.5 python-pkg usr/lib/python3/dist-packages/urllib3-1.26.4.dist-info/METADATA',
    ],
    [
      'Node',
      () => node('lodash', '4.17.15'),
      () => node('lodash', '4.17.21'),
      'second',
      'CVE-2020-8203 lodash 4.17.15 4.17.19 node-pkg app/node_modules/lodash/package.json',
    ],
    [
      'Debian',
      () => debian('openssl', '3.0.11-1~deb12u1'),
      () => debian('openssl', '3.0.11-1~deb12u2'),
      'second',
      'CVE-2023-5363 openssl 3.0.11-1~deb12u1 3.0.11-1~deb12u2 debian debian',
    ],
  ])('%s', async (_, vulnerable, fixed, name, finding) => {
    const [bad, good] = [await inventoryOf(vulnerable()), await inventoryOf(fixed())];
    const scans = await Promise.all(
      [bad, good].map(async (one) => scanInventory(join(root, 'kept'), trivy, one, await database(name))),
    );
    const [found, clean] = scans.map((one) => unwrap(one));
    const lines = found!.findings.map(({ id, package: what, installed, fixed: fix, kind, path }) =>
      [id, what, installed, fix, kind, path].join(' '),
    );
    expect(lines).toContain(finding);
    expect(clean!.findings.filter((one) => one.package === found!.findings[0]!.package)).toEqual([]);
    expect([found!.gaps, clean!.gaps]).toEqual([[], []]);
  });

  test('packages that the database has no advisories for are a gap', async () => {
    const inventory = await inventoryOf(node('lodash', '4.17.15'), debian('openssl', '3.0.11-1~deb12u1'));
    const scanned = unwrap(
      await scanInventory(join(root, 'kept'), trivy, inventory, await database('first')),
    );
    expect(scanned.findings).toEqual([]);
    expect(scanned.gaps.join('\n')).toMatch(/npm[\s\S]*no advisories for debian 12/);
  });
});

test('many inventories in one call have the findings that each has alone', async () => {
  const inventories = await Promise.all([
    inventoryOf(python('urllib3', '1.26.4'), debian('openssl', '3.0.11-1~deb12u1')),
    inventoryOf(python('urllib3', '1.26.4'), python('jinja2', '2.11.2')),
    inventoryOf(debian('openssl', '3.0.11-1~deb12u1', 'arm64'), go('golang.org/x/net', 'v0.7.0')),
    inventoryOf(debian('openssl', '3.0.11-1~deb12u1', 'amd64', '11'), rust('h2', '0.3.16')),
    inventoryOf(python('jinja2', '99.0.0')),
  ]);
  for (const name of ['first', 'second']) {
    const together = unwrap(await trivy.match(inventories, await database(name)));
    const alone = [];
    for (const one of inventories) alone.push(matchDirectly(one, name));
    expect(together.map((one) => one.map(({ id, package: what }) => `${id} ${what}`).sort())).toEqual(alone);
    expect(alone.flat().length).toBeGreaterThan(name === 'first' ? 20 : 1);
  }
});

/** What `trivy sbom` prints for the inventory itself. */
function matchDirectly(inventory: Uint8Array, name: string): string[] {
  const directory = mkdtempSync(join(root, 'direct-'));
  writeFileSync(join(directory, 'bom.json'), inventory);
  mkdirSync(join(directory, 'cache'));
  execFileSync('cp', ['-r', join(root, name), join(directory, 'cache', 'db')]);
  const argv = [
    'sbom',
    '--cache-dir=cache',
    '--skip-db-update',
    '--offline-scan',
    '--scanners=vuln',
    '--quiet',
  ];
  execFileSync(binary, [...argv, '--format=json', '--output=out.json', 'bom.json'], {
    cwd: directory,
  });
  const report = JSON.parse(readFileSync(join(directory, 'out.json'), 'utf8')) as {
    Results?: { Vulnerabilities?: { VulnerabilityID: string; PkgName: string }[] }[];
  };
  return (report.Results ?? [])
    .flatMap(({ Vulnerabilities = [] }) =>
      Vulnerabilities.map((one) => `${one.VulnerabilityID} ${one.PkgName}`),
    )
    .sort();
}

test('planted secrets are found in every layer, in ENV and in the history, and their text is not kept', async () => {
  const [token, key] = [`ghp_${'a1B2'.repeat(9)}`, `AKIA${'Q3'.repeat(8)}`];
  const planted = { 'app/.env': `A=${token}\n`, 'app/tests/gone.txt': token, 'usr/lib/x.conf': token };
  const image = await makeImage(store, [
    {
      layers: [
        planted,
        { 'app/.env': 'A=1\n', 'app/tests/.wh.gone.txt': '' },
        { 'app/config.py': 'key = 1' },
      ],
      settings: { env: [`TOKEN=${token}`] },
      history: [1, 2, 3].map((n) => ({ createdBy: n === 3 ? `RUN echo ${key}` : 'COPY' })),
    },
  ]);
  const [inventory] = unwrap(await take(image));
  const { config, layers } = image.platforms[0]!;
  const found = inventory!.secrets.map(({ path, id, layer }) => `${path} ${id} ${layer}`).sort();
  expect(found).toEqual(
    [
      ...Object.keys(planted).map((path) => `/${path} github-pat ${layers[0]!.digest}`),
      `/config.json aws-access-key-id ${config.digest}`,
      `/config.json github-pat ${config.digest}`,
    ].sort(),
  );
  expect(JSON.stringify(inventory!.secrets)).not.toMatch(/ghp_|AKIA/);
  // A clean image on the same first layer has only the secrets of that layer.
  const clean = await makeImage(store, [{ layers: [{ hello: 'hello' }] }]);
  expect(unwrap(await take(clean))[0]!.secrets).toEqual([]);
});

describe('faults of real data fail the scan', () => {
  const codes = async (
    scan: Promise<{ readonly ok: boolean; readonly failures?: readonly { code: string }[] }>,
  ) => (await scan).failures?.map(({ code }) => code);

  test('a database that is cut off', async () => {
    const inventory = await inventoryOf(python('urllib3', '1.26.4'));
    const path = writeDatabase('cut', 'trivy.db.xz');
    truncateSync(join(path, 'trivy.db'), 1_000_000);
    const scan = scanInventory(join(root, 'kept'), trivy, inventory, await database('cut'));
    expect(await codes(scan as never)).toEqual(['SCAN_ERROR']);
  });

  test('a layer that was altered or replaced by one of the same size', async () => {
    const image = await makeImage(store, [{ layers: [python('altered', '1.0.0')] }]);
    const path = blobPath(store.directory, image.platforms[0]!.layers[0]!.digest);
    const bytes = readFileSync(path);
    rmSync(path);
    writeFileSync(
      path,
      bytes.map((byte, at) => (at === bytes.length - 1 ? byte ^ 1 : byte)),
    );
    expect(await codes(take(image, 'other') as never)).toContain('BLOB_CORRUPT');
  });
});
