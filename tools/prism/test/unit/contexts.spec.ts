import { readBake } from '../../src/inference/contexts/bake';
import { readCommand, readTargets } from '../../src/inference/contexts/commands';
import { isOverride, listBuilds, parseCompose } from '../../src/inference/contexts/compose';
import { findContext } from '../../src/inference/contexts/findContext';
import { resolveBuild, type StatedBuild } from '../../src/inference/contexts/stated';
import { readProjectJson } from '../../src/inference/declared/projectFile';
import { inferenceGlob } from '../../src/inference/places';

const readCompose = (text: string, whole?: boolean) =>
  listBuilds({ ...parseCompose(text), directory: '.' }, whole);

const said = (builds: readonly StatedBuild[], directory = '.') =>
  builds.flatMap((build) =>
    resolveBuild(build, directory, 'file').map(
      ({ containerfile, context, why }) => `${containerfile} in ${context}: ${why}`,
    ),
  );

test('Compose: texts, tables, anchors; no variables, remotes, inline files or other types', () => {
  const text = `
x-build: &build { context: ., dockerfile: svc/a/Dockerfile }
services:
  a: { build: *build }
  b: { build: ./svc/b }
  c:
    build: { context: svc, dockerfile: ../c.Containerfile, target: dev, args: { A: b } }
  d: { build: { context: "\${ROOT}" } }
  e: { build: https://example.com/x.git }
  f: { build: { context: ., dockerfile_inline: "FROM scratch" } }
  g: { image: x }
  h: { build: 7 }
  i: { build: { <<: *build, dockerfile: svc/i/Dockerfile } }
  j: { build: ../.. }
`;
  expect(said(readCompose(text))).toEqual([
    'svc/a/Dockerfile in .: file, service a',
    'svc/b/Dockerfile in svc/b: file, service b',
    'c.Containerfile in svc: file, service c',
    'svc/i/Dockerfile in .: file, service i',
  ]);
  expect(said(readCompose('services: { a: { build: .. } }'), 'svc/a')).toEqual([
    'svc/Dockerfile in svc: file, service a',
  ]);
  expect(said(readCompose('services: []'))).toEqual([]);
  expect(said(readCompose(''))).toEqual([]);
});

test('Compose: services that extend others; what another file sets is not the default', () => {
  const text = `
services:
  base: { build: { context: .., dockerfile: svc/a/Dockerfile, args: { A: "1", B: "2" } } }
  own: { extends: { service: base }, build: { args: { A: "3" } } }
  plain: { extends: base, image: x }
  chain: { extends: { service: own }, build: { target: dev } }
  loop: { extends: loop }
  other: { extends: { file: common.yaml, service: base }, build: { target: dev } }
  named: { extends: { file: common.yaml, service: base }, build: { context: ./b } }
  inline: { extends: base, build: { dockerfile_inline: "FROM scratch" } }
`;
  const found = readCompose(text);
  expect(said(found, 'svc')).toEqual([
    'svc/a/Dockerfile in .: file, service base',
    'svc/a/Dockerfile in .: file, service own',
    'svc/a/Dockerfile in .: file, service plain',
    'svc/a/Dockerfile in .: file, service chain',
    'svc/b/Dockerfile in svc/b: file, service named',
  ]);
  expect(found[1]!.settings.args).toEqual({ A: '3', B: '2' });
  const over = 'services: { a: { build: { target: dev } }, b: { build: { context: b } }, c: { build: c } }';
  expect(said(readCompose(over, false))).toEqual([
    'b/Dockerfile in b: file, service b',
    'c/Dockerfile in c: file, service c',
  ]);
  expect(['compose.override.yaml', 'docker-bake.override.hcl', 'compose.yaml'].map(isOverride)).toEqual([
    true,
    true,
    false,
  ]);
});

test('Bake: a target of an override states a context only if it sets one, an inline file has none', () => {
  const hcl = 'target "a" {\n  args = { A = "1" }\n}\ntarget "b" {\n  context = "b"\n}\n';
  expect(said(readBake(hcl, false))).toEqual(['b/Dockerfile in b: file, target b']);
  const inline = 'target "a" {\n  dockerfile-inline = <<EOT\nFROM scratch\nEOT\n}\n';
  expect(said(readBake(inline))).toEqual([]);
  expect(said(readBake('{"target": {"a": {"dockerfile-inline": "FROM scratch"}}}'))).toEqual([]);
});

test('Bake: blocks of HCL and JSON, inheritance; expressions are not guessed', () => {
  const hcl = `
# target "no" { context = "x" }
variable "DIR" { default = "svc" }
group "default" { targets = ["a", "b"] }
target "base" {
  context = "."
  args = { A = "}", B = [1, 2] }
}
target "a" { // one
  inherits = ["base"]
  dockerfile = "svc/a/Dockerfile"
}
target "b" {
  context    = "./svc/b" /* two */
  contexts   = { context = "docker-image://x" }
}
target "c" {
  inherits = ["base"]
  dockerfile = "\${DIR}/Dockerfile"
}
target "d" {
  context = DIR
}
target "e" {
  context = "x" == DIR ? "y" : "z"
}
`;
  const expected = [
    'Dockerfile in .: file, target base',
    'svc/a/Dockerfile in .: file, target a',
    'svc/b/Dockerfile in svc/b: file, target b',
  ];
  expect(said(readBake(hcl))).toEqual(expected);
  const json = {
    target: {
      base: { context: '.', args: { A: '}' } },
      a: { inherits: ['base'], dockerfile: 'svc/a/Dockerfile' },
      b: { context: './svc/b' },
      c: { inherits: ['base'], dockerfile: `${'$'}{DIR}/Dockerfile` },
      d: { context: `${'$'}{DIR}` },
    },
  };
  expect(said(readBake(JSON.stringify(json)))).toEqual(expected);
});

test.each([
  ['docker build -f apps/api/Dockerfile .', ['apps/api/Dockerfile in .: file, x']],
  [
    'cd a && docker buildx build --push -t "a b" --file=x/Dockerfile --build-arg A=b ./x && echo y',
    ['a/x/Dockerfile in a/x: file, x'],
  ],
  ['cd apps/api; cd "../b" && docker build -f Dockerfile .', ['apps/b/Dockerfile in apps/b: file, x']],
  ['cd $DIR && docker build .', []],
  ['podman build apps/api --no-cache', ['apps/api/Dockerfile in apps/api: file, x']],
  ['buildah bud -q -f C "my dir"', ['C in my dir: file, x']],
  ['docker build - < Dockerfile', []],
  ['docker build https://example.com/x.git', []],
  ['docker build -f $FILE .', []],
  ['docker-compose build', []],
  ['echo docker', []],
])('the command %s', (line, expected) => {
  expect(said(readCommand(line, 'x'))).toEqual(expected);
});

test('targets: where commands run, executors of other plugins, scripts', () => {
  const project = readProjectJson(
    JSON.stringify({
      targets: {
        a: { command: 'docker build -f {projectRoot}/Dockerfile {workspaceRoot}' },
        b: {
          executor: 'nx:run-commands',
          options: {
            cwd: '{projectRoot}',
            commands: ['docker build -f b.Dockerfile ..', { command: 'podman build .' }],
          },
        },
        c: { executor: '@nx-tools/nx-container:build', options: { context: '.', file: 'apps/api/C' } },
        d: { executor: '@nx-tools/nx-container:build', options: { context: 'apps' } },
      },
    }),
  );
  const found = readTargets(project, 'apps/api', 'p').map(
    ({ containerfile, context, why }) => `${containerfile} in ${context}: ${why}`,
  );
  expect(found).toEqual([
    'apps/api/Dockerfile in .: p, target a',
    'apps/api/b.Dockerfile in apps: p, target b',
    'apps/api/Dockerfile in apps/api: p, target b',
    'apps/api/C in .: p, target c',
    'apps/api/Dockerfile in apps: p, target d',
  ]);
  const script = {
    targets: { s: { executor: 'nx:run-script', script: 'docker build -f Dockerfile ../..' } },
  };
  expect(readTargets(script, 'apps/api', 'p')).toMatchObject([
    { containerfile: 'apps/api/Dockerfile', context: '.' },
  ]);
});

describe('the context', () => {
  const file = 'apps/api/Dockerfile';
  const stated = (context: string, why = 'compose.yaml, service api') => ({
    containerfile: file,
    context,
    why,
  });
  const find = (
    copies: readonly string[],
    there: Readonly<Record<string, 1 | 2 | 3>>,
    more: {
      readonly declared?: string;
      readonly stated?: readonly ReturnType<typeof stated>[];
      readonly directory?: string;
    } = {},
  ) => {
    const request = { file, directory: 'apps/api', declared: undefined, stated: [], ...more };
    const wanted = copies.map((path, index) => ({ path, line: index + 2 }));
    const { context, reason, failures } = findContext({ ...request, wanted }, (path) => there[path] ?? 0);
    return [context, reason, failures.map(({ code, at }) => `${code}:${at?.line ?? ''}`).join()];
  };

  test.each<[string, ReturnType<typeof find>, readonly [string, string | undefined, string]]>([
    ['an option', find(['a'], { a: 3 }, { declared: 'x', stated: [stated('.')] }), ['x', undefined, '']],
    [
      'one file',
      find(['a'], { 'apps/api/a': 3 }, { stated: [stated('.'), stated('.', 'other')] }),
      ['.', 'compose.yaml, service api', ''],
    ],
    ['its own directory', find(['a'], {}, { stated: [stated('apps/api')] }), ['apps/api', undefined, '']],
    [
      'files that differ',
      find(['a'], { a: 3 }, { stated: [stated('.'), stated('apps')] }),
      ['apps/api', undefined, 'CONTEXT_UNDECIDED:'],
    ],
    [
      'all beside',
      find(['a', 'b'], { a: 3, b: 3, 'apps/api/a': 3, 'apps/api/b': 3 }),
      ['apps/api', undefined, ''],
    ],
    [
      'some beside, all in the root',
      find(['a', 'b'], { a: 3, b: 3, 'apps/api/a': 3 }),
      ['.', 'a and b are there', ''],
    ],
    [
      'some beside, some in the root',
      find(['a', 'b'], { b: 3, 'apps/api/a': 3 }),
      ['apps/api', undefined, 'COPY_SOURCE_MISSING:3'],
    ],
    ['nowhere', find(['a'], {}), ['apps/api', undefined, '']],
    [
      'made in the root, and inside of an output beside',
      find(['d'], { d: 3, 'apps/api/d': 2 }),
      ['.', 'd is there', ''],
    ],
    ['named after the project', find(['d'], { d: 1 }), ['.', 'd is named from there', '']],
    ['nothing but everything', find(['.'], {}), ['apps/api', undefined, '']],
    ['in the root already', find(['a'], {}, { directory: '.' }), ['.', undefined, '']],
  ])('of %s', (_, found, expected) => {
    expect(found).toEqual(expected);
  });
});

test('Nx is asked for Containerfiles and the files that speak of them, without braces in braces', () => {
  expect(inferenceGlob).toMatch(
    /^\*\*\/\{[^{}]*\bproject\.json,[^{}]*\bcompose\.yaml,[^{}]*Containerfile,[^{}]*\}$/,
  );
});
