import type { Tree } from '@nx/devkit';
import { failed, generateFailure, ok, type Result } from '@prism-build/errors';
import { finish, joinRefusals, say } from '../../nx/finish';
import { parseOptions } from '../../nx/parseOptions';
import { type Files, placeFiles, updateFile } from '../shared/files';
import { checkFree, checkName } from '../shared/names';
import { goPlugin } from './go';
import { pluginOptions } from './options';
import { pythonPlugin } from './python';
import { rustPlugin } from './rust';

const renderers = { go: goPlugin, rust: rustPlugin, python: pythonPlugin };

/** The `plugin` generator: `nx g prism:plugin redis [--backend=sql] [--lang=go]`. */
export async function plugin(tree: Tree, value: unknown): Promise<void> {
  finish(makePlugin(tree, value));
}

function makePlugin(tree: Tree, value: unknown): Result<void> {
  const options = parseOptions(pluginOptions, value, 'prism:plugin');
  if (!options.ok) return options;
  const { name, backend, lang } = options.value;
  const project = `plugin-${name}`;
  const directory = `plugins/${name}`;
  const named = checkName(name);
  const refused = joinRefusals(named, named.ok ? checkFree(tree, project, directory) : ok(undefined));
  if (refused) return refused;
  const rendered = renderers[lang](tree, name, backend);
  if (!rendered.ok) return rendered;
  const placed = placePlugin(tree, directory, rendered.value.files);
  if (!placed.ok) return placed;
  for (const [file, text] of rendered.value.edits) updateFile(tree, file, text);
  say(
    placed.value.length === 0
      ? [`${project} is there already; nothing changed.`]
      : ['', `npx nx build-image ${project}`, `npx nx test ${project}`, `npx nx run-image ${project}`],
  );
  return ok(undefined);
}

/** Refuses a directory with other files, even if none has the name of a generated file. */
function placePlugin(tree: Tree, directory: string, files: Files): Result<string[]> {
  const whole = [...files.keys()].every((path) => tree.exists(path));
  if (!whole && tree.exists(directory) && tree.children(directory).length > 0)
    return failed(
      generateFailure('NAME_TAKEN', { what: `${directory} is there already, and holds something else` }),
    );
  return placeFiles(tree, files, [`${directory}/test`]);
}
