import * as fs from 'node:fs';
import { join } from 'node:path';

const executor = `exports.one = async () => ({ success: true });
exports.batch = async function* (graph) {
  for (const task of Object.keys(graph.tasks)) yield { task, result: { success: true, terminalOutput: '' } };
};
`;

/**
 * A project with the same targets `compile` and `build-image`, whose batch executor does nothing. Measures Nx's own
 * time around an executor. Returns a function that changes its input.
 */
export function addIdleProject(workspace, name) {
  const directory = join(workspace, name);
  const write = (file, content) => fs.writeFileSync(join(directory, file), content);
  const json = (file, value) => write(file, JSON.stringify(value));
  const target = {
    executor: `${name}:nothing`,
    cache: true,
    inputs: ['{projectRoot}/input', { externalDependencies: [] }],
  };
  const functions = { implementation: './nothing.cjs#one', batchImplementation: './nothing.cjs#batch' };
  fs.mkdirSync(directory);
  json('package.json', { name, version: '0.0.0', executors: './executors.json' });
  json('executors.json', {
    executors: { nothing: { ...functions, preferBatch: true, schema: './schema.json' } },
  });
  json('schema.json', { version: 2, type: 'object', properties: {} });
  json('project.json', {
    name,
    targets: { compile: target, 'build-image': { ...target, dependsOn: ['compile'] } },
  });
  write('nothing.cjs', executor);
  fs.symlinkSync(directory, join(workspace, 'node_modules', name));
  return (text) => write('input', text);
}
