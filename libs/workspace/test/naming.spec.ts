import { builderDirectory, imageName, isImageName, projectNameOf } from '../src/naming';

test.each([
  ['proxy', 'proxy'],
  ['plugins/postgres', 'plugin-postgres'],
  ['containerfiles/go-builder', 'base-go-builder'],
  ['examples/Hello World', 'example-hello-world'],
  ['services/plugins/x', 'plugin-x'],
  ['plugins', 'plugins'],
  ['plugins/a/b', 'b'],
  ['.', 'root'],
  // Names that every object has are no prefixes.
  ['constructor/x', 'x'],
  ['toString/x', 'x'],
])('%s is the project %s', (directory, name) => {
  expect(projectNameOf(directory)).toBe(name);
});

test.each([
  ['localhost/prism/base-go-builder', 'containerfiles/go-builder'],
  ['localhost/prism/base-go-builder:latest', 'containerfiles/go-builder'],
  ['base-static:1.2', 'containerfiles/static'],
  [`localhost/a/b/base-x:1@sha256:${'0'.repeat(64)}`, 'containerfiles/x'],
  ['docker.io/library/golang:1.26.8', undefined],
  ['localhost/prism/database-x', undefined],
  ['localhost/prism/base-../../etc', undefined],
  ['scratch', undefined],
])('the builder %s is made in %s', (reference, directory) => {
  expect(builderDirectory(reference)).toBe(directory);
});

test.each([
  ['prism', 'Proxy', 'localhost/prism/proxy'],
  ['', 'proxy', 'localhost/proxy'],
  ['p', '@scope/x', 'localhost/p/scope/x'],
])('with the prefix %j the project %s is loaded as %s', (prefix, project, name) => {
  expect(imageName(prefix, project)).toBe(name);
});

test.each<[string, boolean]>([
  ['localhost/a', true],
  ['localhost/p/scope/x', true],
  ['localhost/a__b.c--d', true],
  ['localhost/a b', false],
  ['localhost/a._b', false],
  ['localhost/-a', false],
  ['localhost/a/', false],
  ['localhost/ä', false],
  [`localhost/${'a'.repeat(246)}`, false],
])('%s can be the name of an image: %s', (name, can) => {
  expect(isImageName(name)).toBe(can);
});
