import { pluginIdentity } from '../../src/inference/identity';

const jsonInputs = (moduleDirectory: string) =>
  pluginIdentity(moduleDirectory, '/w').inputs.filter(
    (input) => typeof input !== 'string' && 'json' in input,
  );

test('an installed plugin counts with its version in package.json, which affected of Nx 24 can see, and no other package', () => {
  for (const place of ['/w/node_modules/prism/dist', '/elsewhere/prism/dist'])
    expect(jsonInputs(place)).toEqual([
      { json: '{workspaceRoot}/package.json', fields: ['dependencies.prism', 'devDependencies.prism'] },
    ]);
  expect(pluginIdentity('/w/node_modules/prism/dist', '/w').options).toHaveProperty('plugin');
});

test('a plugin that is built in the workspace counts with its sources', () => {
  expect(jsonInputs('/w/tools/prism/src/inference')).toEqual([]);
  expect(pluginIdentity('/w/tools/prism/src/inference', '/w')).toMatchObject({ options: {} });
});
