import * as fs from 'node:fs';
import { join } from 'node:path';
import { makeNothing } from './nothing.mjs';

/**
 * A project with the same targets `compile` and `build-image`, whose batch executor does nothing. Measures Nx's own
 * time around an executor. Returns a function that changes its input.
 */
export function addIdleProject(workspace, name) {
  const directory = makeNothing(join(workspace, name), name);
  const write = (file, content) => fs.writeFileSync(join(directory, file), content);
  const target = {
    executor: `${name}:nothing`,
    cache: true,
    inputs: ['{projectRoot}/input', { externalDependencies: [] }],
  };
  const targets = { compile: target, 'build-image': { ...target, dependsOn: ['compile'] } };
  write('project.json', JSON.stringify({ name, targets }));
  fs.symlinkSync(directory, join(workspace, 'node_modules', name));
  return (text) => write('input', text);
}
