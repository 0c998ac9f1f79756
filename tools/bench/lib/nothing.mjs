import * as fs from 'node:fs';
import { join } from 'node:path';

/** A package whose batch executor `nothing` does nothing: what Nx itself needs for the process of a batch. */
export function makeNothing(directory, name = 'prism') {
  fs.mkdirSync(directory);
  const write = (file, text) => fs.writeFileSync(join(directory, file), text);
  const entries = { implementation: './nothing.js#one', batchImplementation: './nothing.js#many' };
  const nothing = { ...entries, preferBatch: true, schema: './schema.json' };
  write('package.json', JSON.stringify({ name, version: '0.0.0', executors: './executors.json' }));
  write('executors.json', JSON.stringify({ executors: { nothing } }));
  write('schema.json', JSON.stringify({ version: 2, type: 'object', properties: {} }));
  write(
    'nothing.js',
    `exports.one = async () => ({ success: true });
exports.many = async function* (graph) {
  for (const task of Object.keys(graph.tasks)) yield { task, result: { success: true, terminalOutput: '' } };
};
`,
  );
  return directory;
}
