import * as fs from 'node:fs';
import { join } from 'node:path';
import { environment, run } from './process.mjs';
import { repository } from './workspace.mjs';

/** Installs a program of Go into the repository's `.prism/bench`, and returns its path. The first time can take minutes. */
export async function installGoTool(module, version) {
  const name = module.split('/').at(-1);
  const bin = join(repository, '.prism', 'bench', `${name}-${version}`);
  const program = join(bin, name);
  if (fs.existsSync(program)) return program;
  process.stderr.write(`installing ${name} ${version} into .prism/bench, once\n`);
  const env = environment({ GOBIN: bin, GOWORK: 'off', GOFLAGS: '-modcacherw' });
  await run(['go', 'install', `${module}@${version}`], { cwd: '/', env });
  return program;
}
