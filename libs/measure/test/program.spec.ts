import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { readBuildInfo, versionOf } from '../src/contents/program/buildInfo';
import { goPackageOf } from '../src/contents/program/goPackage';
import { readGoTable } from '../src/contents/program/goTable';
import { readProgram } from '../src/contents/program/readProgram';
import { readSections } from '../src/contents/program/sections';
import { makeElf } from './elf';

test.each([
  ['main.main', 'main'],
  ['net/http.(*Server).Serve.func1', 'net/http'],
  ['google.golang.org/grpc/xds.init.0', 'google.golang.org/grpc/xds'],
  ['gopkg.in/yaml%2ev3.Unmarshal', 'gopkg.in/yaml.v3'],
  ['slices.SortFunc[go.shape.[]a/b.C,go.shape.int]', 'slices'],
  ['type:.eq.net/http.http2Frame', 'net/http'],
  ['go:buildid', undefined],
  ['type:.eq.struct { sync.Once; crypto/x509.v *crypto/x509.C }', undefined],
  ['type:.hash.[8]x', undefined],
  ['_rt0_amd64_linux', undefined],
])('%s is of the package %s', (symbol, owner) => {
  expect(goPackageOf(symbol)).toBe(owner);
});

test('versions are those of the longest module path', () => {
  const info = {
    version: 'go1.26.1',
    modules: new Map([
      ['example.com/app', '(devel)'],
      ['google.golang.org/grpc', 'v1.80.0'],
      ['google.golang.org/grpc/xds', 'v0.1.0'],
    ]),
  };
  expect(versionOf(info, 'google.golang.org/grpc/codes')).toBe('v1.80.0');
  expect(versionOf(info, 'google.golang.org/grpc/xds/x')).toBe('v0.1.0');
  expect(versionOf(info, 'example.com/app/internal')).toBeUndefined();
  expect(versionOf(info, 'net/http')).toBe('go1.26.1');
  expect(versionOf(info, 'vendor/golang.org/x/net')).toBe('go1.26.1');
  expect(versionOf(info, 'main')).toBeUndefined();
});

test('no damage of a table of Go, a build info or an ELF file is thrown', () => {
  const table = Buffer.alloc(120);
  table.writeUInt32LE(0xfffffff1, 0);
  table[7] = 8;
  const info = Buffer.concat([Buffer.from('\xff Go buildinf:\x08\x02', 'latin1'), Buffer.alloc(40)]);
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 120, maxLength: 120 }), fc.nat(119), (noise, keep) => {
      const damage = (start: Buffer) =>
        Buffer.concat([start.subarray(0, Math.max(keep % start.length, 8)), Buffer.from(noise)]);
      for (const read of [readGoTable, readBuildInfo, readSections])
        for (const start of [table, info, makeElf({ '.text': Buffer.alloc(9) })])
          expect(() => read(damage(start))).not.toThrow();
    }),
  );
});

test('Rust names its crates without sizes', () => {
  const list = {
    packages: [
      { name: 'b', version: '2.0.0' },
      { name: 'a', version: '1.0.0' },
      { name: 'cc', version: '1.0.0', kind: 'build' },
    ],
  };
  const program = makeElf({ '.dep-v0': deflateSync(JSON.stringify(list)) });
  expect(readProgram(program)).toMatchObject({ packages: [], names: ['a 1.0.0', 'b 2.0.0'] });
  expect(readProgram(makeElf({ '.dep-v0': Buffer.from('damaged') })).why).toMatch(/cannot be read/);
});

test('a program that tells nothing has neither packages nor an explanation', () => {
  const nothing = { packages: [], why: undefined, names: [] };
  expect(readProgram(makeElf({ '.text': Buffer.from('x') }))).toEqual(nothing);
  expect(readProgram(Buffer.from('#!/bin/sh\n'))).toEqual(nothing);
});
