import { basename } from 'node:path';
import type { Tree } from '@nx/devkit';
import { failed, ok, type Result } from '@prism-build/errors';
import { finish, say } from '../../nx/finish';
import { parseOptions } from '../../nx/parseOptions';
import { updateFile } from '../shared/files';
import { addScript, addSetting, addToIgnoreFile, configurePlugin } from './edits';
import { initOptions } from './options';

/** The `init` generator: `nx g prism:init [--prefix=shop]`. It adds what is missing, and changes nothing that is there. */
export async function init(tree: Tree, value: unknown): Promise<void> {
  finish(prepareWorkspace(tree, value));
}

function prepareWorkspace(tree: Tree, value: unknown): Result<void> {
  const options = parseOptions(initOptions, value, 'prism:init');
  if (!options.ok) return options;
  const read = (path: string) => (tree.exists(path) ? (tree.read(path, 'utf-8') ?? undefined) : undefined);
  const name =
    /"name":\s*"(?:@[^/"]+\/)?([^"]+)"/.exec(read('package.json') ?? '')?.[1] ?? basename(tree.root);
  const prefix =
    options.value.prefix ??
    (name
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-|-$/g, '') ||
      'images');
  const edits: Record<string, Result<string>> = {
    'nx.json': configurePlugin(read('nx.json'), prefix),
    'package.json': addScript(read('package.json'), name),
    '.gitignore': ok(addToIgnoreFile(read('.gitignore'))),
    '.env': ok(addSetting(read('.env'))),
  };
  const failures = Object.values(edits).flatMap((edit) => (edit.ok ? [] : edit.failures));
  if (failures.length > 0) return failed(...failures);
  const changed = Object.entries(edits).filter(
    ([path, edit]) => edit.ok && updateFile(tree, path, edit.value),
  );
  say(
    changed.length === 0
      ? ['Everything is there already; nothing changed.']
      : [
          '',
          'npx nx g prism:component <directory>   # a program into an image',
          'npx nx run-many -t build-image         # every directory with a Containerfile',
          'npx nx g prism:doctor                  # what this machine has for it',
        ],
  );
  return ok(undefined);
}
