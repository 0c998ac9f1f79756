import { basename, join, normalize } from 'node:path/posix';
import type { Tree } from '@nx/devkit';
import { failed, generateFailure, imageFailure, ok, type Result } from '@prism-build/errors';
import { projectNameOf } from '@prism-build/workspace';
import { finish, say } from '../../nx/finish';
import { parseOptions } from '../../nx/parseOptions';
import { type Files, placeFiles, updateFile } from '../shared/files';
import { editJson } from '../shared/json';
import { checkFree, readPrefix } from '../shared/names';
import { type Existing, readExisting } from './existing';
import { findGo } from './go';
import { findNode } from './node';
import { componentOptions } from './options';
import type { Program } from './program';
import { findPython } from './python';
import { findRust } from './rust';
import { treeSources } from './sources';

/** The order matters if a directory has several: package.json is often only for tools. */
const finders = [findGo, findRust, findPython, findNode];

/** The `component` generator: `nx g prism:component services/api [--main=cmd/server] [--ports=8080]`. */
export async function component(tree: Tree, value: unknown): Promise<void> {
  finish(makeComponent(tree, value));
}

function makeComponent(tree: Tree, value: unknown): Result<void> {
  const options = parseOptions(componentOptions, value, 'prism:component');
  if (!options.ok) return options;
  const directory = normalize(options.value.directory).replace(/\/$/, '');
  const ports = parsePorts(options.value.ports);
  if (!ports.ok) return ports;
  if (directory.startsWith('..') || directory.startsWith('/') || !tree.exists(directory))
    return failed(
      generateFailure('PROGRAM_NOT_FOUND', { what: `${directory} is not a directory of this workspace` }),
    );
  const sources = treeSources(tree);
  const existing = readExisting(sources, directory);
  const request = {
    sources,
    directory,
    working: existing?.working ?? '/',
    main: options.value.main,
    prefix: readPrefix(tree),
  };
  const found = finders.map((find) => find(request)).find((one) => one !== undefined);
  if (found === undefined)
    return failed(
      generateFailure('PROGRAM_NOT_FOUND', {
        what: `${directory} holds no program that is known here`,
        why: 'there is no Go below a go.mod, no Cargo.toml, no package or script of Python, and no package.json',
      }),
    );
  return found.ok ? writeComponent(tree, directory, found.value, ports.value, existing) : found;
}

function writeComponent(
  tree: Tree,
  directory: string,
  program: Program,
  ports: number[] | undefined,
  existing: Existing | undefined,
): Result<void> {
  const manifest = join(directory, 'project.json');
  const declared = tree.exists(manifest) ? editableName(tree.read(manifest, 'utf-8')!) : undefined;
  const project = declared ?? projectNameOf(directory);
  const free = checkFree(tree, project, directory);
  if (!free.ok) return free;
  const shown = ports ?? (existing && existing.ports.length > 0 ? existing.ports : program.ports);
  const files: Files = new Map([
    ...program.files,
    [join(directory, 'Containerfile'), encode(program, shown, existing?.lines(program.context) ?? [])],
  ]);
  const settings = editContext(tree, manifest, directory, program.context, project);
  if (!settings.ok) return settings;
  const placed = placeFiles(tree, files);
  if (!placed.ok) return placed;
  if (settings.value !== undefined) updateFile(tree, manifest, settings.value);
  const words = (line: string) => line.replaceAll('{project}', project);
  say([
    `${project}: a program in ${program.language}, ${describePorts(shown)}`,
    ...(shown.length === 0 ? ['note: no port is known; --ports adds EXPOSE'] : []),
    ...[...(existing?.notes ?? []), ...program.notes].map((note) => `note: ${words(note)}`),
    '',
    ...[...program.next, 'npx nx build-image {project}', 'npx nx run-image {project}'].map(words),
  ]);
  return ok(undefined);
}

const describePorts = (ports: readonly number[]) =>
  ports.length === 0 ? 'without ports' : `on ${ports.length > 1 ? 'ports' : 'port'} ${ports.join(', ')}`;

function encode(
  { stages, final, entrypoint }: Program,
  ports: readonly number[],
  more: readonly string[],
): string {
  const there = new Set(final.map((line) => line.split(' ').at(-1)));

  const lines = [
    ...(stages.length > 0 ? [...stages, ''] : []),
    ...final,
    ...more.filter((line) => !line.startsWith('COPY ') || !there.has(line.split(' ').at(-1))),
    'USER 65532:65532',
    ...(ports.length > 0 ? [`EXPOSE ${ports.join(' ')}`] : []),
    `ENTRYPOINT [${entrypoint.map((one) => JSON.stringify(one)).join(', ')}]`,
  ];
  return `${lines.join('\n')}\n`;
}

/** Sets the context in project.json if it is not the component's directory; keeps everything else. */
function editContext(
  tree: Tree,
  path: string,
  directory: string,
  context: string,
  project: string,
): Result<string | undefined> {
  const text = tree.read(path, 'utf-8') ?? undefined;
  if (context === directory) return ok(undefined);
  const before = text ?? `{\n  "name": "${project}"\n}\n`;
  return editJson(before, path, [[['targets', 'build-image', 'options', 'context'], context]]);
}

function editableName(text: string): string | undefined {
  return /"name":\s*"([^"]+)"/.exec(text)?.[1];
}

function parsePorts(text: string | undefined): Result<number[] | undefined> {
  if (text === undefined) return ok(undefined);
  const ports = text
    .split(',')
    .filter((one) => one.trim() !== '')
    .map(Number);
  if (ports.every((port) => Number.isInteger(port) && port > 0 && port < 65536)) return ok(ports);
  const what = `${basename(text)} are no ports`;
  return failed(
    imageFailure('OPTIONS_INVALID', {
      what,
      remedy: 'Give --ports numbers from 1 to 65535, separated by commas.',
    }),
  );
}
