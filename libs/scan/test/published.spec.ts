import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ok } from '@prism-build/errors';
import type { ScannedImage, ScannedPlatform } from '../src';
import { publishInventories } from '../src';

const root = mkdtempSync(join(tmpdir(), 'prism-published-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const platformOf = (architecture: string, digest: string) =>
  ({ platform: { os: 'linux', architecture }, manifest: { digest } }) as ScannedPlatform;
const imageOf = (...digests: string[]): ScannedImage => ({
  index: { digest: `index of ${digests.join()}` },
  platforms: digests.map((digest, at) => platformOf(['amd64', 'arm64'][at]!, digest)),
});
const take = jest.fn(async ({ manifest }: ScannedPlatform) =>
  ok({
    bom: JSON.stringify({ metadata: { component: { name: 'image' } }, of: manifest.digest }),
    secrets: [],
  }),
);
const publish = (image: ScannedImage, identity = 'trivy 1') =>
  publishInventories(root, image, { identity }, take, 'api');
const read = (name: string) => JSON.parse(readFileSync(join(root, name), 'utf8'));

test('inventories are written under the name of the image, and only if they are not there', async () => {
  expect(await publish(imageOf('a', 'b'))).toEqual(ok(undefined));
  expect(read('linux-arm64.cdx.json')).toEqual({ metadata: { component: { name: 'api' } }, of: 'b' });
  expect(read('inventory.json')).toMatchObject({ name: 'api', image: 'index of a,b' });
  expect(take).toHaveBeenCalledTimes(2);
  await publish(imageOf('a', 'b'));
  expect(take).toHaveBeenCalledTimes(2);
});

test('an altered file, another image and another scanner are written again', async () => {
  const text = readFileSync(join(root, 'linux-amd64.cdx.json'));
  writeFileSync(join(root, 'linux-amd64.cdx.json'), '{}');
  await publish(imageOf('a', 'b'));
  expect(readFileSync(join(root, 'linux-amd64.cdx.json'))).toEqual(text);
  await publish(imageOf('a', 'c'));
  expect(read('linux-arm64.cdx.json').of).toBe('c');
  const calls = take.mock.calls.length;
  await publish(imageOf('a', 'c'), 'trivy 2');
  expect(take).toHaveBeenCalledTimes(calls + 2);
});

test('an image without platforms fails', async () => {
  expect(await publish(imageOf())).toMatchObject({ ok: false, failures: [{ code: 'SCAN_ERROR' }] });
});
