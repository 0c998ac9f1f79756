import { posix } from 'node:path';
import type { Listed } from '@prism-build/scan';
import type { Part } from '../report/schema';

/** What a file belongs to. */
export type Owner = Pick<Part, 'kind' | 'name' | 'version'>;

/** Files of no package are shown by the directories above them, this many names deep. */
const DEPTH = 3;

/**
 * The owner of a file: the package that lists it, the innermost npm package around it, itself if it is a program, or else
 * its directory. `lists` is that of the scanner's package lists.
 */
export function ownerOf(
  path: string,
  isProgram: boolean,
  lists: ReadonlyMap<string, readonly Listed[]>,
): Owner {
  for (const listed of lists.get(path) ?? []) {
    const owner = readListed(listed.package);
    if (owner) return owner;
  }
  // Bytecode that was made after the installation is not in RECORD.
  const source = path.replace(/(^|\/)__pycache__\/([^/]+)\.cpython-\d+(\.opt-\d)?\.pyc$/, '$1$2.py');
  if (source !== path && lists.has(source)) return ownerOf(source, isProgram, lists);
  const npm = readNpm(path);
  if (npm) return npm;
  if (isProgram) return { kind: 'program', name: path };
  const parts = path.split('/');
  return { kind: 'file', name: parts.length <= DEPTH ? path : `${parts.slice(0, DEPTH).join('/')}/` };
}

function readListed(text: string): Owner | undefined {
  const [, kind, name = ''] = /^(deb|apk|pypi) (.+)$/s.exec(text) ?? [];
  if (kind === 'deb' || kind === 'apk') return { kind, name };
  // `<name>-<version>.dist-info` (PEP 376); a name contains no dash there.
  const [, distribution, version] = /^([^-]+)-(.+)\.dist-info$/.exec(posix.basename(name)) ?? [];
  if (kind === 'pypi')
    return distribution ? { kind: 'python', name: distribution, version } : { kind: 'python', name };
  return undefined;
}

function readNpm(path: string): Owner | undefined {
  const [, name] =
    /.*(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/@.][^/]*)\//.exec(`${posix.dirname(path)}/`) ?? [];
  return name === undefined ? undefined : { kind: 'npm', name };
}
