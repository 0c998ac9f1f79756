import type { Tree } from '@nx/devkit';
import { failed, generateFailure, ok, type Result } from '@prism-build/errors';
import { imageName } from '@prism-build/workspace';
import {
  encodeWheelsLock,
  readWheelsLock,
  requirementsFile,
  wheelsLockFile,
} from '../../lock/wheels/lockfile';
import { refuseHalfMerged } from '../shared/dirtyLock';
import { renderTemplates } from '../shared/files';
import { readPrefix } from '../shared/names';
import type { Backend } from './options';
import type { RenderedPlugin } from './rendered';

const sdk = 'libs/plugin-sdk-python';
/** A new plugin needs the dependencies of the SDK, and those in these files of its template. */
const locks = [requirementsFile, wheelsLockFile];
/** Paths that the Containerfile and the tests of a plugin name. */
const needed = (runtime: string) => [
  ...locks.map((name) => `${sdk}/${name}`),
  `${sdk}/prism_plugin_sdk/__init__.py`,
  'libs/proto/gen/python/prism/keyvalue/v1/keyvalue_pb2.py',
  `containerfiles/${runtime}/Containerfile`,
];

/** A plugin in Python: a package of its own, beside those of the SDK and of the messages in its image. */
export function pythonPlugin(tree: Tree, name: string, backend: Backend): Result<RenderedPlugin> {
  const runtime = backend === 'sql' ? 'python-sqlite' : 'python-native';
  const missing = needed(runtime).filter((path) => !tree.exists(path));
  if (missing.length > 0)
    return failed(
      generateFailure('PLUGIN_SDK_MISSING', {
        what: 'there is no SDK for plugins in Python in this workspace',
        why: `not here: ${missing.join(', ')}`,
      }),
    );
  const locked = locks.map((lock) => ({ lock, text: tree.read(`${sdk}/${lock}`, 'utf-8')! }));
  const halfMerged = refuseHalfMerged(
    'used',
    ...locked.map(({ lock, text }) => ({ file: `${sdk}/${lock}`, text })),
  );
  if (halfMerged) return halfMerged;
  const directory = `plugins/${name}`;
  const prefix = readPrefix(tree);
  const files = renderTemplates(['plugin/python/common', `plugin/python/${backend}`], directory, {
    name,
    backend,
    directory,
    package: `plugin_${name.replaceAll('-', '_')}`,
    builder: imageName(prefix, 'base-python-builder'),
    runtime: imageName(prefix, `base-${runtime}`),
    runtimeName: `base-${runtime}`,
  });
  const merged = locked.map(({ lock, text }) => {
    const path = `${directory}/${lock}`;
    const own = files.get(path);
    if (own === undefined) return [path, text] as const;
    return [path, lock === requirementsFile ? text + own : mergeLocks(text, own)] as const;
  });
  return ok({ files: new Map([...files, ...merged]), edits: new Map() });
}

/** Merges two locks; the first wins. */
function mergeLocks(...locks: readonly string[]): string {
  const wheels = new Map(
    locks
      .toReversed()
      .flatMap(readWheelsLock)
      .map((wheel) => [wheel.name, wheel]),
  );
  return encodeWheelsLock([...wheels.values()].sort((a, b) => (a.name < b.name ? -1 : 1)));
}
