import { listSubmodules } from '@prism-build/workspace';
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
  expect(addSubmodules(inputs, submodules)).toEqual([...inputs, '{workspaceRoot}/svc/third']);
  const wide = ['{workspaceRoot}/svc/**/*', '{workspaceRoot}/otherwise/x', { env: 'X' }];
  expect(addSubmodules(wide, submodules)).toEqual(wide);
});
