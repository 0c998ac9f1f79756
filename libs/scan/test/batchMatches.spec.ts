import { failed, ok, scanFailure } from '@prism-build/errors';
import type { Finding } from '@prism-build/policy';
import * as fc from 'fast-check';
import { batchMatches, type Database, type Scanner } from '../src';
import { mergeBoms } from '../src/trivy/mergeBoms';

const database = (digest: string) => ({ directory: '/db', digest: `sha256:${digest}`, time: 0 }) as Database;

/** A scanner that finds the text of an inventory in it; the text `bad` fails. */
function makeScanner() {
  const calls: string[][] = [];
  const scanner: Scanner = {
    name: 'fake',
    identity: 'fake',
    survey: () => ok({ packages: 1, canaries: [], gaps: [] }),
    inventory: async () => ok(''),
    match: async (inventories, { digest }) => {
      const texts = inventories.map((one) => Buffer.from(one).toString());
      calls.push([digest, ...texts]);
      await new Promise(setImmediate);
      if (texts.includes('bad')) return failed(scanFailure('SCAN_ERROR', { what: 'bad' }));
      return ok(texts.map((id) => [{ id: `${digest} ${id}` } as Finding]));
    },
  };
  return { scanner: batchMatches(scanner), calls };
}

test('each request gets its own findings, whatever arrives together', async () => {
  const texts = fc.array(fc.constantFrom('a', 'b', 'c', 'bad', 'd'), { maxLength: 4 });
  const requests = fc.array(fc.record({ texts, digest: fc.constantFrom('1', '2'), late: fc.boolean() }));
  await fc.assert(
    fc.asyncProperty(requests, async (list) => {
      const { scanner } = makeScanner();
      const answers = await Promise.all(
        list.map(async ({ texts: inventories, digest, late }) => {
          if (late) await new Promise(setImmediate);
          return scanner.match(
            inventories.map((one) => Buffer.from(one)),
            database(digest),
          );
        }),
      );
      for (const [index, { texts: inventories, digest }] of list.entries()) {
        const expected = inventories.includes('bad')
          ? { ok: false }
          : { ok: true, value: inventories.map((one) => [{ id: `sha256:${digest} ${one}` }]) };
        expect(answers[index]).toMatchObject(expected);
      }
    }),
  );
});

test('requests that arrive while the scanner runs share the next call', async () => {
  const { scanner, calls } = makeScanner();
  const match = (text: string) => scanner.match([Buffer.from(text)], database('1'));
  const first = match('a');
  await Promise.resolve();
  await Promise.resolve();
  await Promise.all([first, match('b'), match('c')]);
  expect(calls).toEqual([
    ['sha256:1', 'a'],
    ['sha256:1', 'b', 'c'],
  ]);
});

describe('merging', () => {
  const deb = (name: string, version: string, arch: string) => ({
    ...{ 'bom-ref': `${name}-${arch}`, type: 'library', name, version },
    purl: `pkg:deb/debian/${name}@${version}?arch=${arch}`,
    properties: [{ name: 'aquasecurity:trivy:LayerDigest', value: `sha256:${arch}` }],
  });
  const system = (version: string) => ({ 'bom-ref': 's', type: 'operating-system', name: 'debian', version });
  const bom = (...components: object[]) =>
    ({ bomFormat: 'CycloneDX', specVersion: '1.6', components }) as Parameters<typeof mergeBoms>[0][number];

  test('equal packages are one; other architectures and releases are in other documents', () => {
    const merged = mergeBoms([
      bom(system('12'), deb('a', '1', 'amd64'), deb('b', '1', 'amd64')),
      bom(system('12'), deb('a', '1', 'amd64')),
      bom(system('12'), deb('a', '1', 'arm64')),
      bom(system('11'), deb('a', '1', 'amd64')),
    ]);
    expect(merged.boms.map(({ refs }) => refs)).toEqual([
      ['package-0', 'package-1'],
      ['package-2'],
      ['package-3'],
    ]);
    expect(merged.inventories.map((list) => list.map(({ ref }) => ref))).toEqual([
      ['package-0', 'package-1'],
      ['package-0'],
      ['package-2'],
      ['package-3'],
    ]);
    for (const { text } of merged.boms) expect(text.match(/operating-system/g)).toHaveLength(1);
  });

  test('a package below the main module of a program is at the program', () => {
    const library = (ref: string) => ({
      'bom-ref': ref,
      type: 'library',
      name: ref,
      purl: `pkg:golang/${ref}@v1`,
    });
    const merged = mergeBoms([
      {
        ...bom({ 'bom-ref': 'p', type: 'application', name: 'bin/app' }, library('main'), library('net')),
        dependencies: [
          { ref: 'p', dependsOn: ['main'] },
          { ref: 'main', dependsOn: ['net', 'main'] },
        ],
      },
    ]);
    expect(merged.inventories[0]!.map(({ path }) => path)).toEqual(['bin/app', 'bin/app']);
  });
});
