import { copyFileSync, cpSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ok } from '@prism-build/errors';
import { type ContentStore, openContentStore } from '@prism-build/oci';
import { run } from '@prism-build/shell';
import { goDatabase, installGovulncheck } from '../../../test/support/govulncheck';
import { installTrivy, unpackAdvisories } from '../../../test/support/trivy';
import {
  makeInTurn,
  makeOnce,
  mergeFindings,
  openDatabase,
  openGoDatabase,
  openGovulncheck,
  openTrivy,
  type Scanner,
  scanBeside,
  scanPlatform,
} from '../src';
import { makeImage, unwrap } from './support/makeImage';
import { type Files, goText } from './support/packages';

let root: string;
let store: ContentStore;
let govulncheck: Scanner;
let trivy: ReturnType<typeof openTrivy>;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'prism-govulncheck-'));
  store = unwrap(await openContentStore(join(root, 'store')));
  unpackAdvisories(join(root, 'trivy'));
  const input = { run, trusted: [], scratch: join(root, 'scratch'), timeout: 60_000 };
  trivy = openTrivy({ ...input, binary: installTrivy() });
  govulncheck = unwrap(await openGovulncheck({ ...input, binary: installGovulncheck() }));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function inputOf(...layers: Files[]) {
  const image = await makeImage(store, [{ layers }]);
  const scanner = unwrap(await trivy);
  const input = {
    ...{ fetch: async () => ok(undefined), scanner, once: makeOnce(), store, imageDirs: [] },
    ...{ scratch: join(root, 'scratch'), kept: join(root, 'kept'), inTurn: makeInTurn(2) },
  };
  return { input, platform: image.platforms[0]! };
}

async function scan(directory: string, ...layers: Files[]) {
  const { input, platform } = await inputOf(...layers);
  const database = unwrap(openGoDatabase(directory));
  return unwrap(await scanBeside(input, platform, { scanner: govulncheck, database }));
}

/** Each finding in one line. */
const linesOf = (scanned: Awaited<ReturnType<typeof scan>>) =>
  unwrap(scanned).findings.map(
    ({ id, package: name, installed, fixed, path, reachability }) =>
      `${id} ${name} ${installed} ${fixed} ${path} ${JSON.stringify(reachability)}`,
  );

test('a called function, one that is not, a stripped program, and a clean one', async () => {
  const scanned = await scan(
    goDatabase,
    { 'bin/replaced': goText('v0.3.6', false), 'bin/copy': '#!/bin/sh\n', 'bin/c': '\x7fELF' },
    {
      'bin/replaced': 'a text',
      'bin/whole': goText('v0.3.6', false),
      'bin/bare': goText('v0.3.6', true),
      'bin/clean': goText('v0.3.8', false),
    },
  );
  const text = 'golang.org/x/text v0.3.6';
  const stripped = '{"state":"unknown","why":"the program is stripped"}';
  expect(linesOf(scanned)).toEqual([
    `CVE-2021-38561 ${text} 0.3.7 bin/bare ${stripped}`,
    `CVE-2022-32149 ${text} 0.3.8 bin/bare ${stripped}`,
    `CVE-2021-38561 ${text} 0.3.7 bin/whole {"state":"called","symbols":["golang.org/x/text/language.Parse"]}`,
    `CVE-2022-32149 ${text} 0.3.8 bin/whole {"state":"notCalled"}`,
  ]);
  expect(unwrap(scanned)).toMatchObject({ packages: 3, gaps: [] });
});

test('both scanners find the same, and each finding is one', async () => {
  const { input, platform } = await inputOf({ 'bin/whole': goText('v0.3.6', false) });
  const database = unwrap(await openDatabase(join(root, 'trivy')));
  const first = unwrap(unwrap(await scanPlatform(input, platform, database)));
  const second = unwrap(await scan(goDatabase, { 'bin/whole': goText('v0.3.6', false) }));
  const merged = mergeFindings(
    { scanner: 'trivy', findings: first.findings },
    { scanner: 'govulncheck', findings: second.findings },
    ({ kind }) => kind === 'gobinary',
  );
  const ofText = merged.filter(({ package: name }) => name === 'golang.org/x/text');
  expect(ofText).toHaveLength(
    first.findings.filter(({ package: name }) => name === 'golang.org/x/text').length,
  );
  expect(ofText).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        ...{ id: 'CVE-2021-38561', scanners: ['trivy', 'govulncheck'] },
        aliases: ['GHSA-ppp9-7jff-5vj2', 'GO-2021-0113'],
        reachability: { state: 'called', symbols: ['golang.org/x/text/language.Parse'] },
      }),
      expect.objectContaining({
        ...{ id: 'CVE-2022-32149', scanners: ['trivy', 'govulncheck'], reachability: { state: 'notCalled' } },
      }),
    ]),
  );
});

test('nothing is judged with a database without the canary, and one that changes during a scan fails', async () => {
  const files = { app: goText('v0.3.6', false) };
  const blind = join(root, 'blind');
  cpSync(goDatabase, blind, { recursive: true });
  copyFileSync(join(blind, 'ID/GO-2022-1059.json'), join(blind, 'ID/GO-2023-2102.json'));
  writeFileSync(
    join(blind, 'index/modules.json'),
    '[{"path":"golang.org/x/text","vulns":[{"id":"GO-2022-1059","fixed":"0.3.8"}]}]',
  );
  writeFileSync(join(blind, 'index/vulns.json'), '[{"id":"GO-2022-1059"}]');
  expect(unwrap(await scan(blind, files)).gaps).toEqual([
    expect.stringContaining('does not know GO-2023-2102'),
  ]);

  const database = unwrap(openGoDatabase(blind));
  truncateSync(join(blind, 'ID/GO-2022-1059.json'), 100);
  const { input, platform } = await inputOf({ other: goText('v0.3.6', true) });
  const scanned = unwrap(await scanBeside(input, platform, { scanner: govulncheck, database }));
  expect(scanned.ok || scanned.failures.map(({ code }) => code)).toEqual(['SCAN_ERROR']);
});

test('an image without Go programs has nothing to match', async () => {
  expect(unwrap(await scan(goDatabase, { 'etc/text': 'text' }))).toEqual({
    findings: [],
    packages: 0,
    gaps: [],
  });
});
