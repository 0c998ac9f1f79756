import type { Files } from '@prism-build/workspace';
import { isComposeFile } from '../../src/inference/contexts/compose';
import { readComposeFiles } from '../../src/inference/contexts/readComposeFiles';

/** The contexts that Compose files state, and the failures. */
function read(texts: Record<string, string>) {
  const files = {
    facts: (path: string, _kind: string, parse: (text: string) => unknown) =>
      texts[path] === undefined ? undefined : parse(texts[path]),
    kindOf: (path: string) => (texts[path] === undefined ? 'none' : 'file'),
  } as unknown as Files;
  const { contexts, failures } = readComposeFiles(Object.keys(texts).filter(isComposeFile), files);
  return [
    contexts.map(({ containerfile, context, why }) => `${containerfile} in ${context}: ${why}`),
    failures.map(({ code, at, what }) => `${at?.file}:${at?.line} ${code} ${what}`),
  ];
}

const api = 'services: { api: { build: { context: .., dockerfile: apps/api/Dockerfile } } }';

test('include: a text, with paths relative to the included file', () => {
  expect(read({ 'compose.yaml': 'include: [apps/services.yml]', 'apps/services.yml': api })).toEqual([
    ['apps/api/Dockerfile in .: apps/services.yml, service api'],
    [],
  ]);
});

test('include: a table, with its own base, files that are merged, and files that these include', () => {
  const texts = {
    'deploy/compose.yaml':
      'include:\n- path: [../apps/a.yml, ../apps/b.yml]\n  project_directory: ../apps/x\n- ./more.yml\n',
    'apps/a.yml': api,
    'apps/b.yml': 'include: [../deep.yml]\nservices: { api: { build: { context: ../.. } } }',
    'apps/deep.yml': 'services: { deep: { build: ./deep } }',
    'deploy/more.yml': 'services: { more: { build: more } }',
  };
  expect(read(texts)).toEqual([
    [
      'apps/api/Dockerfile in .: apps/a.yml, service api',
      'apps/deep/Dockerfile in apps/deep: apps/deep.yml, service deep',
      'deploy/more/Dockerfile in deploy/more: deploy/more.yml, service more',
    ],
    [],
  ]);
});

test('a file that another one includes has the base that this one gives', () => {
  const texts = {
    'compose.yaml': 'include: [{ path: apps/api/compose.yaml, project_directory: . }]',
    'apps/api/compose.yaml': 'services: { api: { build: { context: ., dockerfile: apps/api/Dockerfile } } }',
  };
  expect(read(texts)).toEqual([['apps/api/Dockerfile in .: apps/api/compose.yaml, service api'], []]);
});

test('extends: a service of another file, with paths relative to that file', () => {
  const texts = {
    'svc/compose.yaml': `
services:
  api: { extends: { file: ../common/base.yml, service: api }, build: { target: dev } }
  own: { extends: { file: ../common/base.yml, service: api }, build: { context: own } }
  loop: { extends: { file: ../common/base.yml, service: loop } }
`,
    'common/base.yml': `
services:
  api: { extends: { file: ./deeper/base.yml, service: api } }
  loop: { extends: { file: ../svc/compose.yaml, service: loop } }
`,
    'common/deeper/base.yml':
      'services: { api: { build: { context: ../.., dockerfile: apps/api/Dockerfile } } }',
  };
  expect(read(texts)).toEqual([
    [
      'apps/api/Dockerfile in .: svc/compose.yaml, service api',
      'svc/own/apps/api/Dockerfile in svc/own: svc/compose.yaml, service own',
    ],
    [],
  ]);
});

test('extends: services of one name in two files of a directory are no loop', () => {
  const texts = {
    'svc/compose.yaml': `
services:
  web: { extends: base }
  base: { extends: { file: common.yml, service: web } }
`,
    'svc/common.yml': `
services:
  web: { extends: base }
  base: { build: { context: .., dockerfile: apps/api/Dockerfile } }
`,
  };
  expect(read(texts)).toEqual([
    [
      'apps/api/Dockerfile in .: svc/compose.yaml, service web',
      'apps/api/Dockerfile in .: svc/compose.yaml, service base',
    ],
    [],
  ]);
});

test('files that include each other are read once, also beside others', () => {
  const texts = {
    'a/compose.yaml': 'include: [../b/compose.yaml]\nservices: { a: { build: . } }',
    'b/compose.yaml': 'include: [../a/compose.yaml]\nservices: { b: { build: . } }',
    'c/compose.yaml': 'include: [compose.yaml]\nservices: { c: { build: . } }',
    'd/compose.yaml': 'services: { d: { build: . } }',
  };
  const names = ['a', 'b', 'c', 'd'];
  expect(read(texts)[0]!.toSorted()).toEqual(
    names.map((name) => `${name}/Dockerfile in ${name}: ${name}/compose.yaml, service ${name}`),
  );
});

test('files that do not exist are named; variables, remote files and files outside of the workspace are not guessed', () => {
  const texts = {
    'compose.yaml': `
include:
  - lost.yml
  - \${FILE}
  - oci://example.com/x
  - ../outside.yml
  - /x.yml
services:
  api: { extends: { file: gone.yml, service: api }, build: { target: dev } }
`,
  };
  const missing = (line: number, file: string) =>
    `compose.yaml:${line} CONTEXT_UNDECIDED compose.yaml names the Compose file ${file}, which does not exist: the contexts that it states are unknown`;
  expect(read(texts)).toEqual([[], [missing(3, 'lost.yml'), missing(9, 'gone.yml')]]);
});
