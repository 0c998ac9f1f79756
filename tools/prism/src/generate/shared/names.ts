import { dirname, join } from 'node:path';
import { glob, readNxJson, type Tree } from '@nx/devkit';
import { failed, generateFailure, ok, type Result } from '@prism-build/errors';
import { projectNameOf } from '@prism-build/workspace';

const longest = 40;

/** Checks that Nx, registries, file systems and all languages accept a name. Failure: NAME_INVALID. */
export function checkName(name: string): Result<string> {
  const invalid = (why: string) =>
    failed(
      generateFailure('NAME_INVALID', {
        what: `${JSON.stringify(name)} is not a valid name for a component`,
        why,
      }),
    );
  if (name.length > longest) return invalid(`it has ${name.length} characters; the limit is ${longest}`);
  if (!/^[a-z]/.test(name)) return invalid('it does not begin with a small letter');
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name))
    return invalid('it has other characters than small letters, digits and single hyphens between them');
  return ok(name);
}

/** Directories of projects by name: those with project.json or package.json, and inferred components. */
function listProjects(tree: Tree): Map<string, string> {
  const files = new Set(glob(tree, ['**/{project.json,package.json,Containerfile,Dockerfile}']));
  const roots = new Set([...files].map((file) => dirname(file)));
  return new Map(
    [...roots].sort().map((root) => {
      const declared = ['project.json', 'package.json']
        .map((name) => join(root, name))
        .filter((file) => files.has(file))
        .map((file) => readName(tree, file));
      return [declared.find(Boolean) ?? projectNameOf(root), root];
    }),
  );
}

/** Failure: NAME_TAKEN, if another directory has a project of that name. */
export function checkFree(tree: Tree, name: string, root: string): Result<void> {
  const owner = listProjects(tree).get(name);
  if (owner === undefined || owner === root) return ok(undefined);
  return failed(generateFailure('NAME_TAKEN', { what: `there is a project ${name} already, in ${owner}` }));
}

/** The prefix of image names, an option of the plugin in nx.json. */
export function readPrefix(tree: Tree): string {
  const plugins = readNxJson(tree)?.plugins ?? [];
  const own = plugins.find((one) => typeof one !== 'string' && one.plugin === 'prism');
  const options = typeof own === 'object' ? (own.options as { prefix?: unknown } | undefined) : undefined;
  return typeof options?.prefix === 'string' ? options.prefix : '';
}

function readName(tree: Tree, file: string): string | undefined {
  try {
    const json = JSON.parse(tree.read(file, 'utf-8') ?? '');
    return typeof json.nx?.name === 'string' ? json.nx.name : json.name;
  } catch {
    // Nx complains about it.
    return undefined;
  }
}
