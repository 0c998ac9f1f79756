import type { Tree } from '@nx/devkit';
import { failed, generateFailure, ok, type Result } from '@prism-build/errors';
import { compareGoVersions } from '@prism-build/languages';
import { imageName } from '@prism-build/workspace';
import { refuseHalfMerged } from '../shared/dirtyLock';
import { renderTemplates } from '../shared/files';
import { type GoModule, mergeRequires, mergeSums, parseGoModule } from '../shared/goModule';
import { readPrefix } from '../shared/names';
import { addToGoWork } from './goWork';
import type { Backend } from './options';
import type { RenderedPlugin } from './rendered';

const sdk = 'libs/plugin-sdk';
const proto = 'libs/proto/gen/go';
/** What every generated test imports besides the SDK. */
const tested = 'google.golang.org/grpc';

/** Invalid package names: keywords of Go, and directories with a special meaning to the go command. */
const reserved = new Set(
  'break case chan const continue default defer else fallthrough for func go goto if import interface internal main map package range return select struct switch testdata type var vendor'.split(
    ' ',
  ),
);

/** The files of a plugin in Go, and go.work. Its other modules are those of the templates and the SDK. */
export function goPlugin(tree: Tree, name: string, backend: Backend): Result<RenderedPlugin> {
  const packageName = name.replaceAll('-', '');
  if (reserved.has(packageName))
    return failed(
      generateFailure('NAME_INVALID', {
        what: `${name} cannot be a package of Go`,
        why: 'it is a word of the language, or a directory with a meaning of its own',
      }),
    );
  const modules = readModules(tree);
  if (!modules.ok) return modules;
  const { sdkModule, protoModule, sums } = modules.value;
  const directory = `plugins/${name}`;
  const modulePath = `${sdkModule.path.replace(/\/[^/]+$/, '')}/${directory}`;
  const prefix = readPrefix(tree);
  const files = new Map(
    renderTemplates([`plugin/go/common`, `plugin/go/${backend}`], directory, {
      name,
      backend,
      package: packageName,
      module: modulePath,
      sdk: sdkModule.path,
      proto: protoModule.path,
      builder: imageName(prefix, 'base-go-builder'),
      directory,
    }),
  );
  // Files of the template that lock the backend's own dependencies; they are not part of the plugin.
  const own = parseGoModule(files.get(`${directory}/go.mod`)!, `${directory}/go.mod`);
  if (!own.ok) return own;
  files.set(`${directory}/go.mod`, encodeModule(modulePath, sdkModule, protoModule, own.value));
  files.set(`${directory}/go.sum`, mergeSums(...sums, files.get(`${directory}/go.sum`) ?? ''));
  const work = addToGoWork(tree.read('go.work', 'utf-8') ?? '', directory);
  return work.ok ? ok({ files, edits: new Map([['go.work', work.value]]) }) : work;
}

interface Modules {
  readonly sdkModule: GoModule;
  readonly protoModule: GoModule;
  readonly sums: readonly string[];
}

function readModules(tree: Tree): Result<Modules> {
  const read = (path: string) => tree.read(path, 'utf-8') ?? undefined;
  const texts = [`${sdk}/go.mod`, `${proto}/go.mod`, `${sdk}/go.sum`, `${proto}/go.sum`, 'go.work'].map(
    (file) => ({ file, text: read(file) }),
  );
  const missing = texts.filter(({ text }) => text === undefined).map(({ file }) => file);
  if (missing.length > 0)
    return failed(
      generateFailure('PLUGIN_SDK_MISSING', {
        what: 'there is no SDK for plugins in this workspace',
        why: `not here: ${missing.join(', ')}`,
      }),
    );
  const halfMerged = refuseHalfMerged('used', ...texts.map(({ file, text }) => ({ file, text: text! })));
  if (halfMerged) return halfMerged;
  const [sdkText, protoText, sdkSum, protoSum] = texts.map(({ text }) => text!);
  const sdkModule = parseGoModule(sdkText!, `${sdk}/go.mod`);
  if (!sdkModule.ok) return sdkModule;
  const protoModule = parseGoModule(protoText!, `${proto}/go.mod`);
  if (!protoModule.ok) return protoModule;
  const unlocked = listUnlocked(sdkModule.value, protoModule.value, sdkSum!);
  if (unlocked.length > 0)
    return failed(
      generateFailure('LOCK_DIRTY', {
        what: 'this lock does not have what go.mod names',
        why: `missing: ${unlocked.join(', ')}`,
        remedy: `Run \`go mod tidy\` in ${sdk}, and commit it.`,
        at: { file: `${sdk}/go.sum` },
      }),
    );
  return ok({ sdkModule: sdkModule.value, protoModule: protoModule.value, sums: [sdkSum!, protoSum!] });
}

/** Modules of go.mod without a line in go.sum. A plugin made from such a lock would not build. */
function listUnlocked(module: GoModule, workspace: GoModule, sum: string): string[] {
  const wanted = [...module.requires].filter(([path]) => path !== workspace.path);
  return wanted
    .filter(([path, version]) => !sum.includes(`${path} ${version}/go.mod `))
    .map(([path, version]) => `${path} ${version}`);
}

function encodeModule(path: string, sdkModule: GoModule, protoModule: GoModule, own: GoModule): string {
  const all = mergeRequires(sdkModule.requires, protoModule.requires, own.requires);
  for (const module of [sdkModule.path, protoModule.path]) all.set(module, 'v0.0.0');
  // The template's go.mod names direct dependencies; all others are indirect.
  const named = [...own.requires.keys()].filter((module) => !own.indirect.has(module));
  const imported = new Set([...named, sdkModule.path, protoModule.path, tested]);
  const lines = (wanted: boolean) =>
    [...all]
      .filter(([module]) => imported.has(module) === wanted)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([module, version]) => `\t${module} ${version}${wanted ? '' : ' // indirect'}\n`)
      .join('');
  const go = compareGoVersions(own.go, sdkModule.go) > 0 ? own.go : sdkModule.go;
  return `module ${path}

go ${go}

require (
${lines(true)})

require (
${lines(false)})

replace (
	${sdkModule.path} => ../../libs/plugin-sdk
	${protoModule.path} => ../../libs/proto/gen/go
)
`;
}
