import { join } from 'node:path';
import type { Place } from '@prism-build/errors';
import { readTextIfThere } from '@prism-build/shell';
import { findNodeAtLocation, getNodeValue, parseTree } from 'jsonc-parser';

/** A target's option as Nx passes it. */
export interface GivenOption {
  /** Directory of the project, relative to the workspace. */
  readonly directory: string;
  readonly target: string;
  readonly executor: string;
  readonly name: string;
  readonly value: string;
}

/**
 * The line of an option in project.json, package.json or nx.json, in the order in which Nx lets them count. Undefined if none
 * of them has this value, as for an option of the command line.
 */
export function placeOfOption(root: string, option: GivenOption): Place | undefined {
  const { directory, target, executor, name } = option;
  const options = ['options', name];
  const places = [
    { file: join(directory, 'project.json'), path: ['targets', target, ...options] },
    { file: join(directory, 'package.json'), path: ['nx', 'targets', target, ...options] },
    { file: 'nx.json', path: ['targetDefaults', executor, ...options] },
    { file: 'nx.json', path: ['targetDefaults', target, ...options] },
  ];
  for (const { file, path } of places) {
    const text = readTextIfThere(join(root, file));
    const tree = text === undefined ? undefined : parseTree(text);
    const node = tree && findNodeAtLocation(tree, path);
    if (text === undefined || !node || String(getNodeValue(node)) !== option.value) continue;
    return { file, line: text.slice(0, node.offset).split('\n').length };
  }
  return undefined;
}
