import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';

/** Changes a line of a Go plugin to new text that no cache contains and that the linker keeps. */
export function changeLine(workspace, plugin) {
  const file = join(workspace, 'plugins', plugin, 'bench.go');
  const text = `package ${plugin}\n\nvar bench = "${randomUUID()}"\n\nfunc init() {\n\tif bench == "" {\n\t\tpanic(&bench)\n\t}\n}\n`;
  fs.writeFileSync(file, text);
}

/** The digest of a project's image; undefined if it is not built. */
export function digestOf(workspace, project) {
  const path = join(workspace, 'dist', 'images', project, 'digest.json');
  return fs.existsSync(path) ? JSON.parse(fs.readFileSync(path, 'utf8')).index.digest : undefined;
}
