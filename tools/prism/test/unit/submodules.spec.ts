import { posix } from 'node:path';
import { findSubmodules, listSubmodules } from '@prism-build/workspace';
import { addSubmodules } from '../../src/inference/make/submodules';

test('the directories of a .gitmodules', () => {
  const text = `[submodule "third"]
\tpath = svc/third
\turl = ../third
[submodule "a b"]
  path="libs/a b/"
[submodule "outside"]
\tpath = ../x
`;
  expect(listSubmodules(text)).toEqual(['svc/third', 'libs/a b']);
});

test('what lies in a submodule has its path as an input: a commit that moves it changes that alone', () => {
  const submodules = ['{workspaceRoot}/svc/third', '{workspaceRoot}/other'];
  const inputs = [
    '{projectRoot}/Containerfile',
    { fileset: '{workspaceRoot}/svc/third/lib/*.go', includeIgnored: true },
  ];
  expect(addSubmodules(inputs, {}, submodules)).toEqual([...inputs, '{workspaceRoot}/svc/third']);
  const wide = ['{workspaceRoot}/svc/**/*', '{workspaceRoot}/otherwise/x', { env: 'X' }];
  expect(addSubmodules(wide, {}, submodules)).toEqual(wide);
  const named = { prismDefinition: ['{workspaceRoot}/other/.dockerignore'] };
  expect(addSubmodules(['prismDefinition'], named, submodules)).toEqual([
    'prismDefinition',
    '{workspaceRoot}/other',
  ]);
});

test('a workspace below the root of its repository has the submodules that lie in it', () => {
  const repository = new Map([
    ['/repo/.git', []],
    ['/repo/.gitmodules', ['apps/ws/libs/third', 'apps/wsx', 'other']],
  ]);
  const find = (root: string) => {
    const at = (path: string) => posix.join(root, path);
    return findSubmodules(
      root,
      (path) => repository.has(at(path)),
      (path) => repository.get(at(path)),
    );
  };
  expect(find('/repo/apps/ws')).toEqual(['libs/third']);
  expect(find('/repo')).toEqual(['apps/ws/libs/third', 'apps/wsx', 'other']);
  expect(find('/elsewhere/ws')).toEqual([]);
  // A repository of its own inside of another one: that of the outer one says nothing of it.
  repository.set('/repo/apps/ws/.git', []);
  expect(find('/repo/apps/ws')).toEqual([]);
});
