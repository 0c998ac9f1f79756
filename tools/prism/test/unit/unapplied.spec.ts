import { noFacts, openFiles } from '@prism-build/workspace';
import { readBake } from '../../src/inference/contexts/bake';
import { readTargets } from '../../src/inference/contexts/commands';
import { listBuilds, parseCompose } from '../../src/inference/contexts/compose';
import { resolveBuild, type StatedBuild, type StatedContext } from '../../src/inference/contexts/stated';
import { type Applied, listUnapplied } from '../../src/inference/contexts/unapplied';
import { placeComponents } from '../../src/inference/places';
import { readProject } from '../../src/inference/read/readProject';

const readCompose = (text: string, whole?: boolean) =>
  listBuilds({ ...parseCompose(text), directory: '.' }, whole);

const applied: Applied = {
  file: 'svc/Dockerfile',
  stages: ['prod', 'debug'],
  buildArgs: ['SET'],
  arguments: [
    { name: 'VERSION', value: '1' },
    { name: 'SET', value: undefined },
    { name: 'TOKEN', value: undefined },
  ],
  references: ['sources'],
};
const codes = (stated: readonly StatedContext[]) =>
  listUnapplied(stated, applied).map(({ what, remedy, at }) => `${at?.file}: ${what}; ${remedy}`);
const place = (builds: readonly StatedBuild[]) =>
  builds.flatMap((one) => resolveBuild(one, 'svc', 'svc/file'));
const inOptions = 'in the options of build-image, in project.json or package.json of this project.';

const expected = (name: string) => [
  `svc/file: ${name} builds svc/Dockerfile with the target dev, which build-image does not apply; Set "stage": "dev" in the options of build-image, or "variants": ["dev"] for a second image, in project.json or package.json of this project.`,
  `svc/file: ${name} builds svc/Dockerfile with the build argument VERSION, which build-image does not apply; Set "buildArgs": {"VERSION": "2"} ${inOptions}`,
  `svc/file: ${name} builds svc/Dockerfile with the build argument TOKEN, which build-image does not apply; Set "buildArgs": {"TOKEN": …} ${inOptions}`,
  `svc/file: ${name} builds svc/Dockerfile with the build context sources, which build-image does not apply; Copy from a component of this workspace (localhost/<prefix>/<project>) in place of sources.`,
  `svc/file: ${name} builds svc/Dockerfile with the labels team, which build-image does not apply; Write them as LABEL into svc/Dockerfile.`,
];

test('Compose: what would change the image and is not applied is named', () => {
  const text = `
services:
  a:
    build:
      context: .
      target: dev
      args: { VERSION: 2, SET: x, TOKEN: "\${TOKEN}", HTTP_PROXY: x }
      additional_contexts: { sources: ../x, unused: ../y }
      labels: { team: a }
`;
  expect(codes(place(readCompose(text)))).toEqual(expected('service a'));
  const lists = `
services:
  a:
    build:
      context: .
      target: dev
      args: [VERSION=2, TOKEN, SET=x]
      additional_contexts: [sources=../x]
      labels: [team=a]
`;
  expect(codes(place(readCompose(lists)))).toEqual(expected('service a'));
});

test('Bake, in HCL and JSON, with what a target inherits', () => {
  const hcl = `
variable "TOKEN" {}
target "base" {
  args = {
    VERSION = "1"
    "SET" = "x"
    TOKEN = TOKEN
  }
  labels = { team = "a" }
}
target "a" {
  inherits = ["base"]
  context = "."
  target = "dev"
  args = { VERSION = "2" }
  contexts = { sources = "target:other", unused = "../y" }
}
`;
  const of = (text: string) => place(readBake(text).filter(({ name }) => name === 'target a'));
  expect(codes(of(hcl))).toEqual(expected('target a'));
  const base = { args: { VERSION: '1', SET: 'x', TOKEN: `${'$'}{TOKEN}` }, labels: { team: 'a' } };
  const own = { inherits: ['base'], context: '.', target: 'dev', args: { VERSION: '2' } };
  const json = { target: { base, a: { ...own, contexts: { sources: 'target:other' } } } };
  expect(codes(of(JSON.stringify(json)))).toEqual(expected('target a'));
});

test('commands and executors of targets', () => {
  const command =
    'docker build -f svc/Dockerfile --target=dev --build-arg VERSION=2 --build-arg TOKEN --build-context sources=x --label team=a --build-arg SET=x svc';
  const executor = {
    executor: '@nx-tools/nx-container:build',
    options: {
      ...{ context: 'svc', file: 'svc/Dockerfile', target: 'dev', 'build-args': ['VERSION=2', 'TOKEN'] },
      ...{ 'build-contexts': ['sources=x'], labels: ['team=a'] },
    },
  };
  for (const target of [{ command }, executor])
    expect(codes(readTargets({ targets: { a: target } }, 'svc', 'svc/file'))).toEqual(expected('target a'));
});

test('what is built as it says, or changes nothing, is not named', () => {
  const text = `
services:
  a: { build: { context: ., target: prod, args: { VERSION: "1", OTHER: x } } }
  b: { build: { context: ., target: debug } }
  c: { build: . }
`;
  expect(codes(place(readCompose(text)))).toEqual([]);
  const same =
    'services: { a: { build: { context: ., target: dev } }, b: { build: { context: ., target: dev } } }';
  expect(codes(place(readCompose(same)))).toHaveLength(1);
});

test('a Containerfile is read with its own arguments, stages and options', () => {
  const root = __dirname;
  const files = { ...openFiles(root, noFacts), text: (path: string) => texts[path] };
  const texts: Record<string, string> = {
    'svc/Dockerfile': 'FROM scratch AS dev\nFROM scratch AS prod\nARG VERSION=1\nCOPY a /a-$VERSION\n',
  };
  const stated = place(
    readCompose('services: { a: { build: { context: ., target: dev, args: { VERSION: 2 } } } }'),
  );
  const read = () =>
    readProject(
      placeComponents(['svc/Dockerfile']).places[0]!,
      undefined,
      { inputs: [], options: {} },
      files,
      { stated: new Map([['svc/Dockerfile', stated]]), madeBy: () => 0 },
    ).warnings.map(({ code }) => code);
  expect(read()).toEqual(['BUILD_SETTING_NOT_APPLIED', 'BUILD_SETTING_NOT_APPLIED']);
  const options = { stage: 'dev', buildArgs: { VERSION: '2' } };
  texts['svc/project.json'] = JSON.stringify({ targets: { 'build-image': { options } } });
  expect(read()).toEqual([]);
});
