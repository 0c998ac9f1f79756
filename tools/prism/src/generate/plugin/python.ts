import type { Tree } from '@nx/devkit';
import { failed, generateFailure, ok, type Result } from '@prism-build/errors';
import { imageName } from '../../workspace/naming';
import { renderTemplates } from '../shared/files';
import { hasConflict } from '../shared/goModule';
import { readPrefix } from '../shared/names';
import type { Backend } from './options';
import type { RenderedPlugin } from './rendered';

const sdk = 'libs/plugin-sdk-python';
/** A new plugin needs what the SDK needs, and nothing else. */
const locks = ['requirements.in', 'requirements.lock'];
/** What the Containerfile and the tests of a plugin name. */
const needed = [
  ...locks.map((name) => `${sdk}/${name}`),
  `${sdk}/prism_plugin_sdk/__init__.py`,
  'libs/proto/gen/python/prism/keyvalue/v1/keyvalue_pb2.py',
  'containerfiles/python-native/Containerfile',
];

/** A plugin in Python: a package of its own, beside those of the SDK and of the messages in its image. */
export function pythonPlugin(tree: Tree, name: string, backend: Backend): Result<RenderedPlugin> {
  const missing = needed.filter((path) => !tree.exists(path));
  if (missing.length > 0)
    return failed(
      generateFailure('PLUGIN_SDK_MISSING', {
        what: 'there is no SDK for plugins in Python in this workspace',
        why: `not here: ${missing.join(', ')}`,
      }),
    );
  const locked = locks.map((lock) => ({ lock, text: tree.read(`${sdk}/${lock}`, 'utf-8')! }));
  const halfMerged = locked.filter(({ text }) => hasConflict(text));
  if (halfMerged.length > 0)
    return failed(
      ...halfMerged.map(({ lock }) =>
        generateFailure('LOCK_DIRTY', {
          what: 'this file cannot be used',
          why: 'it has the marks of an unfinished merge',
          at: { file: `${sdk}/${lock}` },
        }),
      ),
    );
  const directory = `plugins/${name}`;
  const prefix = readPrefix(tree);
  const files = renderTemplates(['plugin/python/common', `plugin/python/${backend}`], directory, {
    name,
    backend,
    directory,
    package: `plugin_${name.replaceAll('-', '_')}`,
    builder: imageName(prefix, 'base-python-builder'),
    runtime: imageName(prefix, 'base-python-native'),
  });
  const copied = locked.map(({ lock, text }) => [`${directory}/${lock}`, text] as const);
  return ok({ files: new Map([...files, ...copied]), edits: new Map() });
}
