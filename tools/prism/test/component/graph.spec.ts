import { goStage, writeGo, writePlain } from '../../../../test/support/components';
import { makeWorkspace, type Workspace } from '../../../../test/support/workspace';

let workspace: Workspace;
const digest = `sha256:${'ab'.repeat(32)}`;
const image = 'oci:docker-io/library/debian:12@abababababab';

beforeAll(() => {
  workspace = makeWorkspace();
  writePlain(workspace, 'base');
  writeGo(workspace, 'app', 'package main\n\nimport _ "example.com/lib/used"\n\nfunc main() {}\n');
  const compile = goStage('app')
    .replace('COPY . .', 'COPY libs /libs\nCOPY svc/app .')
    .replace('WORKDIR /src', 'WORKDIR /svc/app');
  workspace.write(
    'svc/app/Containerfile',
    `${compile}FROM localhost/base\nCOPY --from=debian:12 /etc/issue /issue\nCOPY --from=compile /out/app /app\n`,
  );
  workspace.write(
    'svc/app/project.json',
    JSON.stringify({ name: 'app', targets: { 'build-image': { options: { context: '.' } } } }),
  );
  workspace.write(
    'svc/app/images.lock.json',
    JSON.stringify({ version: 1, images: { 'docker.io/library/debian:12': { digest, platforms: {} } } }),
  );
  workspace.write('svc/app/go.mod', 'module example.com/app\n\nreplace example.com/lib => ../../libs/lib\n');
  workspace.write('libs/lib/go.mod', 'module example.com/lib\n');
  workspace.write('libs/lib/used/used.go', 'package used\n');
  workspace.write('libs/lib/unused/unused.go', 'package unused\n');
  workspace.write(
    'svc/py/Containerfile',
    `FROM localhost/p/base-python-builder AS compile
WORKDIR /src
COPY libs/words/words words
COPY svc/py/py py
RUN ["compile-python", "py", "words"]
FROM scratch
COPY --from=compile /out/application /application
`,
  );
  workspace.write(
    'svc/py/project.json',
    JSON.stringify({ name: 'py', targets: { 'build-image': { options: { context: '.' } } } }),
  );
  workspace.write('svc/py/py/__main__.py', 'from words.many import WORDS\n');
  workspace.write('libs/words/pyproject.toml', '[project]\nname = "words"\n');
  workspace.write('libs/words/words/many.py', 'WORDS = []\n');
  workspace.git('add', '-A');
  workspace.git('commit', '-qm', 'start');
});
afterAll(() => {
  workspace.remove();
});

interface Graph {
  readonly dependencies: Record<string, { target: string; type: string }[]>;
  readonly externalNodes: Record<string, { data: { hash: string } }>;
}

test('the graph has what an image is made of and compiled from', async () => {
  expect(await workspace.nx(['graph', '--file=dist/graph.json'])).toMatchObject({ status: 0 });
  // What is printed leaves images of registries out.
  const graph = JSON.parse(workspace.read('.nx/data/project-graph.json')) as Graph;
  const edges = graph.dependencies.app!.map(({ target, type }) => `${type} ${target}`).sort();
  expect(edges).toEqual(['static base', 'static libs-lib', `static ${image}`]);
  expect(graph.dependencies.py).toMatchObject([{ target: 'libs-words', type: 'static' }]);
  expect(graph.externalNodes[image]!.data.hash).toBe(digest);
});

test('the key of a compile is what the compiler reads, and nx selects by it', async () => {
  const affected = async (file: string) => {
    const ran = await workspace.nx([
      'affected',
      '-t',
      'compile',
      `--files=${file}`,
      '--graph=dist/tasks.json',
    ]);
    if (ran.status !== 0) throw new Error(ran.output);
    return Object.keys(JSON.parse(workspace.read('dist/tasks.json')).tasks.tasks);
  };
  expect(await affected('libs/lib/used/used.go')).toEqual(['app:compile']);
  expect(await affected('libs/lib/used/another.go')).toEqual(['app:compile']);
  expect(await affected('libs/lib/unused/unused.go')).toEqual([]);
  expect(await affected('libs/words/words/more.py')).toEqual(['py:compile']);
  expect(await affected('libs/words/pyproject.toml')).toEqual([]);
});
