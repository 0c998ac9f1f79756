import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { walkDirectory } from '@prism-build/shell';
import { repository } from '../../../../test/support/plugin';

const libraries = join(repository, 'libs');
const packages = readdirSync(libraries).filter((name) => listFiles(name).includes('package.json'));

/** Nx selects what to test by the edges between packages, and reads these from package.json. */
test.each(packages)('libs/%s depends on the packages that it and its tests import', (name) => {
  const { dependencies = {} } = JSON.parse(readFileSync(join(libraries, name, 'package.json'), 'utf8'));
  const named = [`@prism-build/${name}`, ...Object.keys(dependencies)];
  const sources = listFiles(name).filter((file) => file.endsWith('.ts'));
  const texts = sources.map((file) => readFileSync(join(libraries, name, file), 'utf8'));
  const imported = texts.flatMap((text) =>
    [...text.matchAll(/from '(@prism-build\/[a-z]+)'/g)].map(([, one]) => one!),
  );
  expect(named).toEqual(expect.arrayContaining([...new Set(imported)]));
});

test('no source lets readdir recurse, which follows links since Node 22', () => {
  const places = ['tools/prism', ...packages.map((name) => `libs/${name}`)].map((one) =>
    join(repository, one, 'src'),
  );
  const files = places.flatMap((place) =>
    [...walkDirectory(place)].flatMap(({ path, entry }) => (entry.isFile() ? [join(place, path)] : [])),
  );
  const text = (file: string) => readFileSync(file, 'utf8');
  expect(files.length).toBeGreaterThan(500);
  expect(
    files.filter((file) => /readdir(Sync)?\(([^()]|\([^()]*\))*recursive: true/.test(text(file))),
  ).toEqual([]);
});

function listFiles(name: string): string[] {
  const all = readdirSync(join(libraries, name), { recursive: true, encoding: 'utf8' });
  return all.filter((file) => !/(^|\/)(node_modules|gen)\//.test(file));
}
