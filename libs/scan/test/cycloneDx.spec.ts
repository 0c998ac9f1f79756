import * as fc from 'fast-check';
import { encodeBom, parseBom, readContents } from '../src/cycloneDx';

const components = fc.uniqueArray(fc.record({ name: fc.string({ minLength: 1 }), version: fc.string() }), {
  selector: ({ name }) => name,
  maxLength: 8,
});

test('the bytes depend neither on the order nor on the names of references, time or serial number', () => {
  fc.assert(
    fc.property(components, fc.string(), fc.string(), (all, salt, time) => {
      const make = (list: typeof all, mark: string) => ({
        bomFormat: 'CycloneDX',
        specVersion: '1.6',
        serialNumber: mark,
        metadata: { timestamp: mark, component: { 'bom-ref': `root${mark}`, name: mark } },
        components: list.map((one) => ({ ...one, type: 'library', 'bom-ref': `${one.name}-${mark}` })),
        dependencies: [{ ref: `root${mark}`, dependsOn: list.map(({ name }) => `${name}-${mark}`) }],
      });
      const [a, b] = [make(all, salt), make([...all].reverse(), time)].map((value) => {
        const bom = parseBom(JSON.stringify(value), 'x');
        return bom.ok ? Buffer.from(encodeBom(bom.value, 'image')).toString() : bom.failures[0]!.why;
      });
      expect(a).toBe(b);
      expect(a).toContain('"image"');
    }),
  );
});

test('names without a purl match no advisory and do not count', () => {
  const bom = parseBom(
    JSON.stringify({
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      components: [
        { 'bom-ref': 'a', type: 'library', name: '../../libs/x' },
        { 'bom-ref': 'b', type: 'library', name: 'net', version: '1', purl: 'pkg:golang/net@1' },
      ],
    }),
    'x',
  );
  expect(bom.ok && readContents(bom.value)).toEqual({ packages: 1, ecosystems: ['golang'], systems: [] });
});

test.each(['', 'null', '{}', '{"bomFormat":"CycloneDX","specVersion":"1.7"}', '{"bomFormat":"SPDX"}'])(
  'other output is SCAN_ERROR: %s',
  (text) => {
    const bom = parseBom(text, 'x');
    expect(bom.ok || bom.failures[0]!.code).toBe('SCAN_ERROR');
  },
);
