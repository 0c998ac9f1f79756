import fc from 'fast-check';
import { contextSources, formatPlatform, parsePlatform, stageClosure } from '../src/index';
import { find, listFailures, resolve, tryResolve } from './support';

const fails = (text: string, options = {}) => listFailures(tryResolve(text, options));

test.each([
  ['FROM $X', ['1 CONTAINERFILE_BASE_EMPTY']],
  ['FROM --platform=linux/amd46 a', ['1 CONTAINERFILE_BAD_PLATFORM']],
  ['FROM --platform=$NONE a', ['1 CONTAINERFILE_BAD_PLATFORM']],
  ['FROM a\nARG TARGETPLATFORM=$X', ['2 CONTAINERFILE_BAD_PLATFORM']],
  ['FROM a\nCOPY --from=1 a b', ['2 CONTAINERFILE_STAGE_UNKNOWN']],
  ['FROM a AS x\nCOPY --from=x a b', ['2 CONTAINERFILE_STAGE_CIRCULAR']],
  ['FROM a\nCOPY --from=0 a b', ['2 CONTAINERFILE_STAGE_CIRCULAR']],
  ['FROM a AS x\nCOPY --from=y a b\nFROM a AS y\nCOPY --from=x a b', ['2 CONTAINERFILE_STAGE_CIRCULAR']],
  ['FROM a AS x\nCOPY --from=y a b\nFROM x AS y', ['2 CONTAINERFILE_STAGE_CIRCULAR']],
  ['FROM a AS x\nCOPY --from=y a b\nFROM b AS y\nFROM x', ['2 CONTAINERFILE_STAGE_LATER']],
  ['FROM a\nRUN --mount=from=0,target=/x y', ['2 CONTAINERFILE_STAGE_CIRCULAR']],
  ['FROM a\nRUN --mount=type=bnd,target=/x y', ['2 CONTAINERFILE_BAD_FLAG']],
  ['FROM a\nCOPY --from= a b', ['2 CONTAINERFILE_BAD_FLAG']],
  ['FROM a\nCOPY https://example.org/x /', ['2 CONTAINERFILE_BAD_ARGUMENT']],
  [
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the file that is read
    'FROM a\nENV A=${X:?no} B=${Y?no}\nUSER "x',
    ['2 CONTAINERFILE_SUBSTITUTION', '2 CONTAINERFILE_SUBSTITUTION', '3 CONTAINERFILE_SUBSTITUTION'],
  ],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the file that is read
  ['FROM a AS x\nUSER ${X:?no}\nFROM b', []],
])('%j fails as %j', (text, expected) => {
  expect(fails(text)).toEqual(expected);
});

test('an unknown target is refused with a suggestion', () => {
  const result = tryResolve('FROM a AS builder', { target: 'bulider' });
  expect(result.ok ? '' : result.failures[0]!.what).toBe(
    'There is no stage "bulider". Did you mean builder?',
  );
});

test('an unknown name may be an image, a named context beats a stage', () => {
  const text = 'FROM a AS compile\nFROM scratch\nCOPY --from=compile /out /\nCOPY --from=ctx /x /';
  expect(find(resolve(text), 'COPY').map(({ from }) => from)).toEqual([
    { kind: 'stage', index: 0 },
    { kind: 'name', name: 'ctx' },
  ]);
  const replaced = resolve(text, { namedContexts: ['compile'] });
  expect(find(replaced, 'COPY')[0]!.from).toEqual({ kind: 'name', name: 'compile' });
  expect(replaced.needed).toEqual([1]);
});

test('names of stages do not distinguish case, and a later one is an image', () => {
  const { stages } = resolve('FROM b AS a\nFROM A AS b\nFROM 0');
  expect(stages.map(({ base }) => base)).toEqual([
    { kind: 'image', reference: 'b' },
    { kind: 'stage', index: 0 },
    { kind: 'image', reference: '0' },
  ]);
});

const label = (text: string, options = {}) =>
  Object.fromEntries(
    find(resolve(text, options), 'LABEL').flatMap(({ pairs }) =>
      pairs.map(({ name, value }) => [name, value]),
    ),
  );

test.each<[string, Record<string, string>, string]>([
  ['ARG A=1\nFROM s\nLABEL x=$A', {}, ''],
  ['ARG A=1\nFROM s\nARG A\nLABEL x=$A', {}, '1'],
  ['ARG A=1\nFROM s\nARG A=2\nLABEL x=$A', {}, '2'],
  ['ARG A=1\nFROM s\nARG A=2\nLABEL x=$A', { A: '3' }, '3'],
  ['ARG A=1\nFROM s\nARG A\nLABEL x=$A', { A: '' }, ''],
  ['FROM s\nLABEL x=$A\nARG A', { A: '3' }, ''],
  ['FROM s\nARG A=1\nENV A=2\nLABEL x=$A', { A: '3' }, '2'],
  ['FROM s\nENV A=2\nARG A=1\nLABEL x=$A', { A: '3' }, '2'],
  ['FROM s\nENV A=1\nENV A=2 B=$A\nLABEL x=$B', {}, '1'],
  ['FROM s\nARG A=1\nARG B=$A.\nLABEL x=$B', {}, '1.'],
  ['FROM s\nARG A=1 B=$A.\nLABEL x=$B', {}, '.'],
  ['FROM s\nARG TARGETARCH\nLABEL x=$TARGETARCH', {}, 'arm64'],
  ['FROM s\nLABEL x=$TARGETARCH', {}, ''],
  ['FROM s\nARG TARGETARCH=foo\nLABEL x=$TARGETARCH', {}, 'arm64'],
  ['FROM s\nARG TARGETPLATFORM=linux/s390x\nLABEL x=$TARGETPLATFORM', {}, 'linux/s390x'],
  ['FROM s\nARG BUILDARCH\nLABEL x=$BUILDARCH', {}, 'amd64'],
  ['FROM s\nARG TARGETARCH\nLABEL x=$TARGETARCH', { TARGETARCH: 'other' }, 'other'],
  ['FROM s\nLABEL x=$http_proxy', { http_proxy: 'p' }, 'p'],
  ['FROM s AS a\nENV A=1\nARG B=2\nFROM a\nLABEL x=$A$B', {}, '1'],
  ['FROM s\nLABEL x=$constructor', {}, ''],
  ['# escape=`\nFROM s\nLABEL x=a\\b', {}, 'ab'],
])('%j with %j gives %j', (text, buildArgs, expected) => {
  expect(label(text, { buildArgs }).x).toBe(expected);
});

test('FROM sees the arguments above it and the platform', () => {
  const text = 'ARG V=1\nARG W=$V-$TARGETARCH\nFROM a:$W AS $NOT';
  expect(resolve(text.replace(' AS $NOT', '')).stages[0]!.base).toEqual({
    kind: 'image',
    reference: 'a:1-arm64',
  });
  const built = resolve('FROM --platform=$BUILDPLATFORM a', {
    buildPlatform: { os: 'linux', architecture: 'arm', variant: 'v7' },
  });
  expect(built.stages[0]!.platform).toEqual({ os: 'linux', architecture: 'arm', variant: 'v7' });
});

test('the environment of a base is seen, and PATH is always there', () => {
  const { stages } = resolve('FROM img AS a\nENV PATH=/x:$PATH\nFROM a\nFROM scratch', {
    baseEnv: (reference) => ({ PATH: `/${reference}`, B: '1' }),
  });
  expect(stages[1]!.env).toEqual({ PATH: '/x:/img', B: '1' });
  expect(stages[2]!.env).toEqual({ PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' });
});

test('build arguments are told apart: used, unused by what is needed, undeclared', () => {
  const text = 'ARG G\nFROM a AS other\nARG O\nFROM b\nARG U';
  const { usedBuildArgs, undeclaredBuildArgs } = resolve(text, {
    buildArgs: { U: '', O: '', G: '', X: '', no_proxy: '' },
  });
  expect(usedBuildArgs).toEqual(['G', 'U', 'no_proxy']);
  expect(undeclaredBuildArgs).toEqual(['X']);
});

test('EXPOSE splits what it expands, other instructions do not', () => {
  const resolution = resolve('FROM s\nENV P="1 2"\nEXPOSE $P 3\nUSER $P\nVOLUME ["$P"]\nRUN echo $P');
  expect(find(resolution, 'EXPOSE')[0]!.ports).toEqual(['1', '2', '3']);
  expect(find(resolution, 'USER')[0]!.user).toBe('1 2');
  expect(find(resolution, 'VOLUME')[0]!.paths).toEqual(['1 2']);
  expect(find(resolution, 'RUN')[0]).toMatchObject({ command: { script: 'echo $P' }, env: { P: '1 2' } });
});

test.each([
  ['../x', 'x'],
  ['/../../x/', 'x'],
  ['./a/../b//c', 'b/c'],
  ['.', '.'],
  ['/', '.'],
  ['a/..', '.'],
])('the source %s is %s', (written, path) => {
  const { stages } = resolve(`FROM s\nCOPY ${written} /`);
  expect(contextSources(stages).map(({ source }) => source)).toMatchObject([{ kind: 'path', path }]);
});

test('mounts are read, and only bind mounts of the context are sources', () => {
  const { stages, needed } = resolve(
    'FROM s AS t\nFROM s\nARG D=sub\nRUN --mount=type=bind,source=../$D,target=/a,ro --mount=from=t,src=/y,dst=/b --mount=type=cache,target=/c x',
  );
  expect(needed).toEqual([0, 1]);
  expect(contextSources(stages)).toMatchObject([{ keyword: 'RUN', line: 4, source: { path: 'sub' } }]);
  expect(stages[1]!.instructions[1]).toMatchObject({
    mounts: [
      { options: { type: 'bind', source: '../sub', target: '/a', readonly: 'true' } },
      { origin: { kind: 'stage', index: 0 }, source: 'y', target: '/b' },
      { type: 'cache' },
    ],
  });
});

test('the closure holds what is needed and nothing else, in order', () => {
  const edges = fc.array(fc.array(fc.nat(9), { maxLength: 2 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(edges, (graph) => {
      const text = graph
        .map((list, index) =>
          ['FROM s', ...list.filter((each) => each < index).map((each) => `COPY --from=${each} a b`)].join(
            '\n',
          ),
        )
        .join('\n');
      const { stages } = resolve(text);
      const reach = new Set([graph.length - 1]);
      for (let index = graph.length - 1; index >= 0; index--)
        if (reach.has(index)) for (const each of graph[index]!) if (each < index) reach.add(each);
      expect(stageClosure(stages, graph.length - 1)).toEqual([...reach].sort((a, b) => a - b));
    }),
    { numRuns: 100 },
  );
});

test.each([
  ['linux/amd64', 'linux/amd64'],
  ['linux/x86_64', 'linux/amd64'],
  ['arm64', 'linux/arm64'],
  ['linux/arm64/v8', 'linux/arm64'],
  ['linux/aarch64', 'linux/arm64'],
  ['linux/arm', 'linux/arm/v7'],
  ['linux/arm/6', 'linux/arm/v6'],
  ['armhf', 'linux/arm/v7'],
  ['Linux/AMD64', 'linux/amd64'],
  ['linux', undefined],
  ['linux/', undefined],
  ['amd46', undefined],
  ['linux/amd64/v2/x', undefined],
  ['', undefined],
])('the platform %s is %s', (text, expected) => {
  const platform = parsePlatform(text);
  expect(platform && formatPlatform(platform)).toBe(expected);
});
