import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ignoreNothing, parseIgnoreFile } from '@prism-build/containerfile';
import { makeTargets } from '../../src/inference/make/targets';
import { noLinks } from '../../src/inference/outputs/linkOutputs';
import { compileInputs, imageInputs } from '../../src/inference/read/keys';
import { nameInputs } from '../../src/inference/read/namedInputs';
import type { ProjectReads } from '../../src/inference/read/reads';
import { type ComponentOptions, readComponent } from '../support/readComponent';

const root = join(__dirname, '../../../..');
const read = (text: string, options: Partial<ComponentOptions> = {}) => {
  const component = readComponent(text, 'Containerfile', options);
  if (!component.ok) throw new Error(JSON.stringify(component.failures));
  const paths = (sources: readonly { kind: string }[]) =>
    sources.map((source) => ('path' in source ? source.path : source.kind));
  const { image, compile } = component.value;
  if (!compile) return { image: paths(image), compile };
  const { builder, language, neverRead } = compile;
  return { image: paths(image), compile: { sources: paths(compile.sources), builder, language, neverRead } };
};

test('an image reads what its COPY and ADD lines take', () => {
  expect(read('FROM scratch\nCOPY a b/ /x/\nADD c.tar /\nCOPY a /again\n')).toEqual({
    image: ['a', 'b', 'c.tar'],
    compile: undefined,
  });
});

test('what a stage reads that the image does not need is not read', () => {
  expect(read('FROM scratch AS unused\nCOPY secret /\nFROM scratch\nCOPY a /\n').image).toEqual(['a']);
  const used = 'FROM scratch AS used\nCOPY lib /lib\nFROM used\nCOPY a /\n';
  expect(read(used).image.sort()).toEqual(['a', 'lib']);
});

test('what the platforms read differently is read', () => {
  expect(read('FROM scratch\nARG TARGETARCH\nCOPY bin/$TARGETARCH/x /x\n').image).toEqual([
    'bin/amd64/x',
    'bin/arm64/x',
  ]);
});

test('build arguments and a target decide what is read', () => {
  const text = 'FROM scratch AS one\nARG F=a\nCOPY $F /\nFROM scratch AS two\nCOPY b /\n';
  expect(read(text, { target: 'one' }).image).toEqual(['a']);
  expect(read(text, { target: 'one', buildArgs: { F: 'c' } }).image).toEqual(['c']);
  expect(read(text).image).toEqual(['b']);
});

test('a compile stage is a part of its own: its sources are not those of the image', () => {
  const text =
    'FROM localhost/p/base-go-builder AS compile\nWORKDIR /src\nCOPY . .\nRUN ["compile-go","./cmd/x"]\n' +
    'FROM scratch\nCOPY conf /conf\nCOPY --from=compile /out/x /x\n';
  expect(read(text)).toEqual({
    image: ['conf'],
    compile: {
      sources: ['.'],
      builder: 'localhost/p/base-go-builder',
      language: 'go',
      neverRead: ['**/*_test.go'],
    },
  });
});

test('what a stage called compile reads that no language recognises is read by the image', () => {
  const text =
    'FROM localhost/p/base-go-builder AS compile\nCOPY src .\nRUN make\n' +
    'FROM scratch\nCOPY --from=compile /out/x /x\n';
  expect(read(text)).toEqual({ image: ['src'], compile: undefined });
  const component = readComponent(text);
  const uses = component.ok ? component.value.bases : [];
  expect(uses.map(({ reference, platform }) => [reference, platform.architecture])).toEqual([
    ['localhost/p/base-go-builder', 'amd64'],
    ['localhost/p/base-go-builder', 'arm64'],
  ]);
});

test('a compile stage that the image does not use is no target', () => {
  expect(
    read('FROM b AS compile\nCOPY . .\nRUN ["compile-go","x"]\nFROM scratch\nCOPY a /\n').compile,
  ).toBeUndefined();
});

test('failures name file and line, and are said once for all platforms', () => {
  const component = readComponent('FROM scratch\nCOPI a /\nRUNN b\n', 'svc/Containerfile');
  expect(component.ok).toBe(false);
  const lines = component.ok
    ? []
    : component.failures.map(({ code, at }) => `${at?.file}:${at?.line} ${code}`);
  expect(lines).toEqual([
    'svc/Containerfile:2 CONTAINERFILE_UNKNOWN_INSTRUCTION',
    'svc/Containerfile:3 CONTAINERFILE_UNKNOWN_INSTRUCTION',
  ]);
  const later = readComponent(
    'FROM scratch\nCOPY --from=nobody a /\nFROM a AS b\nFROM scratch\nCOPY --from=7 x /\n',
    'C',
  );
  const said = later.ok ? [] : later.failures.map(({ at, code }) => `${at?.line} ${code}`);
  expect(new Set(said).size).toBe(said.length);
});

const definition = '0123456789abcdef';
const unhashed = { facts: [], restamped: [] };
const surroundings = {
  made: { compile: noLinks, images: [noLinks] },
  links: [],
  known: () => undefined,
  submodules: [],
  hasRegistry: true,
};
const nothing = {
  named: {},
  shared: {},
  compiled: [],
  registry: [],
  images: [],
  ignored: [],
  from: {},
  contextFacts: { stated: [], asked: [] },
};
const takes = { taken: [], onlyFiles: true };

describe.each(['proxy', 'plugins/memstore', 'plugins/postgres'])('%s', (directory) => {
  const containerfile = `${directory}/Containerfile`;
  const component = readComponent(readFileSync(join(root, containerfile), 'utf8'), containerfile);
  const rules = parseIgnoreFile(readFileSync(join(root, '.containerignore'), 'utf8'), '.containerignore');
  const identity = {
    inputs: ['{workspaceRoot}/tools/prism/src/build/**/*', { externalDependencies: ['x'] }],
    options: {},
  };

  test('targets', () => {
    if (!component.ok || !rules.ok) throw new Error('cannot be read');
    const place = { file: containerfile, directory, label: undefined, root: directory };
    const facts = { containerfile, context: '.', rules: rules.value, identity };
    const { compile: stage } = component.value;
    const keys = [
      imageInputs(facts, component.value, place),
      ...(stage ? [compileInputs(facts, stage, place)] : []),
    ];
    const { named, inputs } = nameInputs(keys);
    const reads: ProjectReads = {
      ...nothing,
      context: '.',
      compile: stage && {
        ...{ ...stage, inputs: inputs[1]! },
        ...{ unhashed, takes, definition, alsoReads: [] },
      },
      named,
      images: [{ inputs: inputs[0]!, references: [], compiled: true, unhashed, takes, definition }],
    };
    const name = directory.replace('plugins/', 'plugin-');
    const targets = makeTargets(place, reads, { ...surroundings, name, prefix: 'prism', identity });
    expect(Object.keys(targets)).toEqual([
      'compile',
      'build-image',
      'load-image',
      'run-image',
      'dev',
      'materialize',
      'scan',
      'bench',
      'push-manifest',
      'verify-image',
      'promote',
      'rollback',
      'retention',
    ]);
    const { compile, 'build-image': image } = targets;
    expect({ named, compile, image }).toMatchSnapshot();
  });
});

test('a Containerfile that cannot be read has a build that says why, keyed by all of the project', () => {
  const place = { file: 'x/Containerfile', directory: 'x', label: undefined, root: 'x' };
  const identity = { inputs: [], options: {} };
  const facts = { containerfile: place.file, context: 'x', rules: ignoreNothing, identity };
  const image = { references: [], compiled: false, unhashed, takes, definition };
  const { inputs } = nameInputs([imageInputs(facts, undefined, place)]);
  const images = [{ ...image, inputs: inputs[0]! }];
  const targets = makeTargets(
    place,
    { ...nothing, context: 'x', images },
    { ...surroundings, name: 'x', prefix: '', identity },
  );
  expect(targets.compile).toBeUndefined();
  expect(targets['build-image']?.inputs).toContainEqual({
    fileset: '{projectRoot}/**/*',
    includeIgnored: true,
  });
});

test('a Containerfile of a megabyte is read, or refused with a line', () => {
  const comments = `FROM scratch\n${`# ${'x'.repeat(1000)}\n`.repeat(1000)}COPY a /\n`;
  expect(read(comments).image).toEqual(['a']);
  const continued = `FROM scratch\nCOPY a \\\n${'b \\\n'.repeat(250_000)}c/\n`;
  expect(read(continued).image).toEqual(['a', 'b']);
  const many = readComponent(`FROM scratch\n${'ENV NAME=$NAME.\n'.repeat(60_000)}`, 'svc/Containerfile');
  expect(many).toMatchObject({
    ok: false,
    failures: [{ code: 'CONTAINERFILE_TOO_LONG', at: { file: 'svc/Containerfile', line: 2001 } }],
  });
});
