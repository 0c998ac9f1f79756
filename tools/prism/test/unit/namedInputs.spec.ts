import type { Input, KeyInputs } from '../../src/inference/read/keys';
import { expandInputs, nameInputs } from '../../src/inference/read/namedInputs';

const { HashPlanner, transferProjectGraph } = require('nx/src/native');

const disk = (fileset: string): Input => ({ fileset, includeIgnored: true });
const definition: readonly Input[] = ['{projectRoot}/Containerfile', '{workspaceRoot}/.dockerignore'];
const ignored = [disk('!{workspaceRoot}/dist'), disk('!{workspaceRoot}/dist/**')];
const image: KeyInputs = {
  definition,
  sources: [disk('{workspaceRoot}/a'), disk('{workspaceRoot}/a/**/*')],
  unread: [],
  ignored,
  others: [{ dependentTasksOutputFiles: '**/compile.json' }, { env: 'VERSION' }],
};
const compile: KeyInputs = {
  definition: [...definition],
  sources: [disk('{workspaceRoot}/libs/*.go')],
  unread: [disk('!{workspaceRoot}/**/*{_test.go,_js.go}')],
  ignored: [...ignored],
  others: ['{workspaceRoot}/pin.json', { externalDependencies: [] }],
};

/** What Nx would hash for a target of these inputs. */
function plan(inputs: readonly Input[], namedInputs: object): string[] {
  const executor = 'prism:build';
  const node = { root: 'svc', tags: [], namedInputs, targets: { build: { executor, inputs, outputs: [] } } };
  const graph = { nodes: { svc: node }, dependencies: { svc: [] }, externalNodes: {} };
  const task = {
    id: 'svc:build',
    target: { project: 'svc', target: 'build' },
    overrides: {},
    outputs: [],
    projectRoot: 'svc',
    cache: true,
    parallelism: true,
    continuous: false,
  };
  const tasks = { roots: [task.id], tasks: { [task.id]: task }, dependencies: { [task.id]: [] } };
  const planner = new HashPlanner({}, transferProjectGraph(graph));
  return planner.getPlans([task.id], { ...tasks, continuousDependencies: { [task.id]: [] } })[task.id];
}

test('groups that targets share stand once, and Nx plans the same hash', () => {
  const { named, inputs } = nameInputs([image, compile]);
  expect({ named, inputs }).toEqual({
    named: { prismDefinition: definition, prismUnread: compile.unread, prismIgnored: ignored },
    inputs: [
      ['prismDefinition', ...image.sources, 'prismIgnored', ...image.others],
      ['prismDefinition', ...compile.sources, 'prismUnread', 'prismIgnored', ...compile.others],
    ],
  });
  for (const [index, one] of [image, compile].entries()) {
    const whole = [...one.definition, ...one.sources, ...one.unread, ...one.ignored, ...one.others];
    expect(expandInputs(inputs[index]!, named)).toEqual(whole);
    const planned = plan(inputs[index]!, named);
    expect(planned).toEqual(plan(whole, {}));
    expect(planned.join('\n')).toMatch(/![^,]*dist/);
  }
});

test('a group that differs has its own list, and an empty one no name', () => {
  const other = { ...compile, unread: [], ignored: ignored.slice(1) };
  expect(nameInputs([image, other])).toEqual({
    named: { prismDefinition: definition, prismIgnored: ignored },
    inputs: [
      ['prismDefinition', ...image.sources, 'prismIgnored', ...image.others],
      ['prismDefinition', ...other.sources, ...other.ignored, ...other.others],
    ],
  });
});
