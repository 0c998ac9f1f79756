import type { Tree } from '@nx/devkit';
import { failed, generateFailure, imageFailure, ok, type Result } from '@prism-build/errors';
import { parseRootfs } from '@prism-build/rootfs';
import { finish, joinRefusals, say } from '../../nx/finish';
import { parseOptions } from '../../nx/parseOptions';
import { placeFiles, renderTemplates } from '../shared/files';
import { checkFree, checkName } from '../shared/names';
import { type BaseOptions, baseOptions } from './options';

/** What every base has: names of users, certificates, time zones, and names of services. */
const always = ['base-files', 'ca-certificates', 'netbase', 'tzdata'];

/** The `base` generator: `nx g prism:base node --packages=nodejs --entrypoint=/usr/bin/node`. */
export async function base(tree: Tree, value: unknown): Promise<void> {
  finish(makeBase(tree, value));
}

function makeBase(tree: Tree, value: unknown): Result<void> {
  const options = parseOptions(baseOptions, value, 'prism:base');
  if (!options.ok) return options;
  const { name, suite, entrypoint } = options.value;
  const project = `base-${name}`;
  const directory = `containerfiles/${name}`;
  const named = checkName(name);
  const packages = listPackages(options.value);
  const refused = joinRefusals(
    named,
    named.ok ? checkFree(tree, project, directory) : ok(undefined),
    checkEntrypoint(entrypoint),
  );
  if (refused) return refused;
  const files = renderTemplates(['base'], directory, {
    about: `Debian ${suite}: ${packages.join(', ')}.`,
    suite,
    packages: encodeList(packages, '  "packages": '.length),
    entrypoint: entrypoint ?? '',
  });
  const rootfs = parseRootfs(files.get(`${directory}/rootfs.json`)!, `${directory}/rootfs.json`);
  if (!rootfs.ok) return rootfs;
  const foreign = [...listFiles(tree, directory)].filter((path) => !files.has(path) && !isLock(path));
  if (foreign.length > 0)
    return failed(
      generateFailure('NAME_TAKEN', {
        what: `${directory} is there already, and holds something else`,
        why: foreign.join(', '),
      }),
    );
  const placed = placeFiles(tree, files);
  if (!placed.ok) return placed;
  say(
    placed.value.length === 0
      ? [`${project} is there already; nothing changed.`]
      : ['', `npx nx g prism:lock --project=${project}`, `npx nx build-image ${project}`],
  );
  return ok(undefined);
}

function listPackages({ packages }: BaseOptions): string[] {
  const asked = packages.split(',').map((one) => one.trim());
  return [...new Set([...always, ...asked.filter((one) => one !== '')])].sort();
}

function checkEntrypoint(entrypoint: string | undefined): Result<void> {
  if (entrypoint === undefined || /^\/[\w./+-]+$/.test(entrypoint)) return ok(undefined);
  const what = `${JSON.stringify(entrypoint)} is not a path of a program in an image`;
  return failed(imageFailure('OPTIONS_INVALID', { what, remedy: 'Give --entrypoint an absolute path.' }));
}

function* listFiles(tree: Tree, directory: string): Generator<string> {
  for (const name of tree.exists(directory) ? tree.children(directory) : []) {
    const path = `${directory}/${name}`;
    if (tree.isFile(path)) yield path;
    else yield* listFiles(tree, path);
  }
}

/** The lock is made of the base by another generator. */
const isLock = (path: string) => path.endsWith('/rootfs.lock.json');

/** A JSON array on one line, or an element a line where that would be longer than 110 characters. */
function encodeList(items: readonly string[], indentation: number): string {
  const quoted = items.map((item) => JSON.stringify(item));
  const line = `[${quoted.join(', ')}]`;
  return indentation + line.length < 110 ? line : `[\n    ${quoted.join(',\n    ')}\n  ]`;
}
