import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePlain } from '../../../../test/support/components';
import { repository } from '../../../../test/support/plugin';
import { makeWorkspace, type Workspace } from '../../../../test/support/workspace';

/** A workspace that the plugin's sources are part of, as in this repository. */
let workspace: Workspace;
beforeAll(() => {
  workspace = makeWorkspace('tools/prism');
  const isSource = (path: string) => !/\/(node_modules|dist|test)$/.test(path);
  cpSync(join(repository, 'tools/prism'), workspace.path('tools/prism'), {
    recursive: true,
    filter: isSource,
  });
  for (const name of readdirSync(join(repository, 'libs')))
    cpSync(join(repository, 'libs', name), workspace.path(`libs/${name}`), {
      recursive: true,
      filter: (path) => isSource(path) && !/\/(proto|plugin-sdk)$/.test(path),
    });
  for (const name of readdirSync(join(repository, 'containerfiles')).map(
    (one) => `containerfiles/${one}/pin.json`,
  ))
    if (existsSync(join(repository, name))) workspace.write(name, readFileSync(join(repository, name)));
  workspace.write('package.json', JSON.stringify({ name: 'workspace', private: true, version: '1.0.0' }));
  workspace.write('package-lock.json', JSON.stringify(lock('1.0.0', '1.0.0')));
  writePlain(workspace, 'a');
});
afterAll(() => workspace.remove());

/** A lockfile with one package that decides bytes and one that does not. */
function lock(matters: string, other: string) {
  const at = (name: string, version: string) => ({
    version,
    resolved: `https://registry.example/${name}/-/x-${version}.tgz`,
    integrity: `sha512-${version}`,
  });
  return {
    name: 'workspace',
    version: '1.0.0',
    lockfileVersion: 3,
    packages: {
      '': { name: 'workspace', version: '1.0.0' },
      ...Object.fromEntries(
        listDependencies().map((name) => [
          `node_modules/${name}`,
          at(name, name === '@bokuweb/zstd-wasm' ? matters : '1.0.0'),
        ]),
      ),
      'node_modules/left-pad': at('left-pad', other),
    },
  };
}

/** The packages that the plugin and its libraries depend on. */
function listDependencies(): string[] {
  const manifests = ['tools/prism', ...readdirSync(join(repository, 'libs')).map((name) => `libs/${name}`)]
    .map((directory) => join(repository, directory, 'package.json'))
    .filter((file) => existsSync(file));
  const names = manifests.flatMap((file) =>
    Object.keys(JSON.parse(readFileSync(file, 'utf8')).dependencies ?? {}),
  );
  return [...new Set(names)].filter((name) => !name.startsWith('@prism-build/'));
}

async function isHit(): Promise<boolean> {
  const ran = await workspace.nx(['build-image', 'a']);
  if (ran.status !== 0) throw new Error(ran.output);
  return /\[(local cache|existing outputs)/.test(ran.output);
}
const edit = (name: string) => workspace.write(name, `${workspace.read(name)}\n// an edit\n`);

test('an edit of an executor or of its libraries misses; of tests, documents and other packages it does not', async () => {
  expect(await isHit()).toBe(false);
  workspace.write('tools/prism/test/x.spec.ts', '');
  workspace.write('libs/oci/test/x.spec.ts', '');
  workspace.write('libs/oci/README.md', '');
  workspace.write('package-lock.json', JSON.stringify(lock('1.0.0', '2.0.0')));
  // Other executors, generators, and what inference alone loads.
  edit('tools/prism/src/executors/load-image/index.ts');
  edit('tools/prism/src/prune/index.ts');
  edit('tools/prism/src/inference/make/names.ts');
  expect(await isHit()).toBe(true);
  // The executor loads it to compare keys.
  edit('tools/prism/src/inference/read/fileset.ts');
  expect(await isHit()).toBe(false);
  edit('libs/builder/src/imageStep.ts');
  expect(await isHit()).toBe(false);
  edit('libs/oci/src/planTar.ts');
  expect(await isHit()).toBe(false);
  workspace.write('package-lock.json', JSON.stringify(lock('1.0.1', '2.0.0')));
  expect(await isHit()).toBe(false);
  expect(await isHit()).toBe(true);
});
