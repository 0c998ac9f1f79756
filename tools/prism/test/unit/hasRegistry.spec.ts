import { openNxReading } from '../../src/inference/declared/nxReading';
import { openHasRegistry } from '../../src/inference/declared/openHasRegistry';
import { addConsumers } from '../../src/inference/make/consumers';
import { imageNames } from '../../src/table/executor';

const component = { name: 'api', root: 'svc/api' };
const options = { registry: 'registry.example/team' };
const declared = [{ ...component, targets: { 'push-manifest': { options } } }];
const without = openNxReading('/nowhere', {});

test.each([
  ['the plugin', options.registry, [], without, true],
  ['a project file', undefined, declared, without, true],
  [
    'the target in nx.json',
    undefined,
    [],
    openNxReading('/nowhere', { targetDefaults: { 'push-manifest': { options } } }),
    true,
  ],
  [
    'the executor in nx.json',
    undefined,
    [{ ...component, targets: {} }],
    openNxReading('/nowhere', { targetDefaults: { 'prism:push-manifest': { options } } }),
    true,
  ],
  ['another project', undefined, [{ ...declared[0]!, root: 'svc/other' }], without, false],
  ['nothing', undefined, [], without, false],
])('the registry of %s counts for promote, rollback and retention', (_, option, projects, nx, expected) => {
  expect(openHasRegistry(option, projects, nx)(component)).toBe(expected);
});

test('promote, rollback and retention are targets only where there is a registry', () => {
  const list = (hasRegistry: boolean) => {
    const targets = {};
    addConsumers(targets, imageNames('', undefined), hasRegistry);
    return Object.keys(targets);
  };
  const others = list(false);
  expect(others).toContain('push-manifest');
  expect(list(true)).toEqual([...others, 'promote', 'rollback', 'retention']);
});
