import type { ExecutorContext } from '@nx/devkit';
import { ownOptions } from '../../src/nx/ownOptions';

const given = { dryRun: true, __overrides_unparsed__: ['--dryRun'] };
const none = { __overrides_unparsed__: [] };

/** compile, which an image waits for, which a scan waits for. */
function context(overrides: Record<string, object>): ExecutorContext {
  const task = (target: string) => [
    `api:${target}`,
    { target: { project: 'api', target, configuration: 'fast' }, overrides: overrides[target] },
  ];
  const targets = { compile: { options: { step: 'compile', a: 1 }, configurations: { fast: { a: 2 } } } };
  return {
    taskGraph: {
      tasks: Object.fromEntries(['compile', 'build-image', 'scan'].map(task)),
      dependencies: {
        'api:compile': [],
        'api:build-image': ['api:compile'],
        'api:scan': ['api:build-image'],
      },
    },
    projectsConfigurations: { version: 2, projects: { api: { root: 'api', targets } } },
  } as unknown as ExecutorContext;
}

const value = { step: 'compile', a: 2, dryRun: true };

test('options of a command that names another target do not count', () => {
  const foreign = context({ compile: given, 'build-image': none, scan: given });
  expect(ownOptions(foreign, 'api:compile', value)).toEqual({ step: 'compile', a: 2 });
});

test.each([
  ['the image that waits has them too', { compile: given, 'build-image': given, scan: none }],
  ['the command has none', { compile: none, 'build-image': none, scan: none }],
])('options count: %s', (_, overrides) => {
  expect(ownOptions(context(overrides), 'api:compile', value)).toBe(value);
});

test('options of the command count for a task that nothing waits for, and without a graph', () => {
  expect(ownOptions(context({ compile: given, 'build-image': given, scan: given }), 'api:scan', value)).toBe(
    value,
  );
  expect(ownOptions({} as ExecutorContext, 'api:compile', value)).toBe(value);
});
