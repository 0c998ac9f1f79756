import { createTree } from '@nx/devkit/testing';
import { init } from '../../../src/generate';
import { outcome, snapshot } from './trees';

function treeWith(files: Record<string, string>) {
  const tree = createTree();
  for (const [path, text] of Object.entries(files)) tree.write(path, text);
  return tree;
}

async function prepare(files: Record<string, string>, options: object = {}) {
  const tree = treeWith(files);
  const { error, output } = await outcome(() => init(tree, options));
  return { tree, error, output, after: snapshot(tree) };
}

test('a directory with a package.json and nothing of Nx', async () => {
  const { error, after, tree } = await prepare({ 'package.json': '{ "name": "@acme/Shop Front" }' });
  expect(error).toBe('');
  expect(JSON.parse(after['nx.json']!)).toMatchObject({
    plugins: [{ plugin: 'prism', options: { prefix: 'shop-front' } }],
  });
  expect(JSON.parse(after['package.json']!)).toEqual({
    name: '@acme/Shop Front',
    scripts: { images: 'nx run-many -t build-image' },
  });
  expect(after['.gitignore']).toBe('node_modules/\n.nx/\n.prism/\ndist/\n');
  expect(after['.env']).toMatch(/^# Nx reads this file\..*\nNX_ISOLATE_PLUGINS=false\n$/);
  expect((await outcome(() => init(tree, {}))).output).toContain('nothing changed');
  expect(snapshot(tree)).toEqual(after);
});

test('what the user has stays: comments, order, other plugins, scripts, settings', async () => {
  const { error, after } = await prepare(
    {
      'nx.json':
        '{\n  // our plugins\n  "plugins": ["@nx/eslint/plugin"], // one for now\n  "parallel": 4\n}\n',
      'package.json': '{\n\t"name": "x",\n\t"scripts": {\n\t\t"images": "make images"\n\t}\n}\n',
      '.gitignore': '/node_modules\ndist\n.nx\n# end',
      '.env': 'TOKEN=1\nexport NX_ISOLATE_PLUGINS=true',
    },
    { prefix: 'own' },
  );
  expect(error).toBe('');
  expect(after['nx.json']).toContain('// our plugins');
  expect(after['nx.json']).toContain('// one for now\n  "parallel": 4\n}\n');
  expect(after['nx.json']).toMatch(
    /"@nx\/eslint\/plugin",\s*\{\s*"plugin": "prism",\s*"options": \{\s*"prefix": "own"/,
  );
  expect(after['package.json']).toBe(
    '{\n\t"name": "x",\n\t"scripts": {\n\t\t"images": "make images"\n\t}\n}\n',
  );
  expect(after['.gitignore']).toBe('/node_modules\ndist\n.nx\n# end\n.prism/\n');
  expect(after['.env']).toBe('TOKEN=1\nexport NX_ISOLATE_PLUGINS=true');
});

test.each(['"prism"', '{ "plugin": "prism" }', '{ "plugin": "prism", "options": { "prefix": "mine" } }'])(
  'a plugin entry %s stays',
  async (entry) => {
    const text = `{ "plugins": [${entry}] }`;
    expect((await prepare({ 'nx.json': text, 'package.json': '{}' })).after['nx.json']).toBe(text);
  },
);

test('a file that cannot be read, or a wrong prefix, is refused and nothing is written', async () => {
  const files = { 'nx.json': '{\n  "plugins": [\n', 'package.json': '{}' };
  const broken = await prepare(files);
  expect(broken.error).toMatch(/^nx\.json:3: SETTINGS_UNREADABLE/);
  expect(broken.after).toEqual(snapshot(treeWith(files)));
  expect((await prepare({ 'package.json': '{}' }, { prefix: 'A/B' })).error).toMatch(
    /OPTIONS_INVALID: option prefix/,
  );
});
