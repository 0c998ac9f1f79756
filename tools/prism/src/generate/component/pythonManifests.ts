import { join } from 'node:path/posix';
import { compileFailure, type Failure, generateFailure } from '@prism-build/errors';
import { parseToml, type Table, tableOf } from '@prism-build/languages';

/**
 * A failure for dependencies that no lock in pip's format can be made of from here: those of Poetry, Pipenv and setuptools,
 * and those that pyproject.toml takes from elsewhere than an index. Without it, the image would lack them, or have packages
 * of the same name from an index.
 */
export function findUnread(
  read: (name: string) => string | undefined,
  directory: string,
): Failure | undefined {
  const pyproject = parseToml(read('pyproject.toml') ?? '') ?? {};
  const tool = tableOf(pyproject.tool);
  const dependencies = tableOf(pyproject.project).dependencies;
  const project = Array.isArray(dependencies) ? dependencies.map(String) : [];
  const elsewhere = project.map(nameOf).find((name) => sourcesOf(tool).has(name));
  if (elsewhere !== undefined)
    return generateFailure('PROGRAM_NOT_SUPPORTED', {
      what: `${directory} needs ${elsewhere}, which tool.uv.sources takes from elsewhere than an index`,
      why: 'an index may have another package of that name',
      remedy: `Run \`uv export --no-emit-workspace --output-file requirements.txt\` in ${directory}, start the generator again, and COPY the sources of ${elsewhere} into the compile stage.`,
      at: { file: join(directory, 'pyproject.toml') },
    });
  const poetry = Object.keys(tableOf(tableOf(tool.poetry).dependencies)).filter((name) => name !== 'python');
  if (poetry.length > 0 && project.length === 0)
    return refuse(directory, 'pyproject.toml', 'poetry lock && poetry export --output requirements.txt');
  if (Object.keys(tableOf(parseToml(read('Pipfile') ?? '')?.packages)).length > 0)
    return refuse(directory, 'Pipfile', 'pipenv lock && pipenv requirements --hash > requirements.txt');
  const setup = [
    ['setup.cfg', /^install_requires\s*=/m],
    ['setup.py', /\binstall_requires\s*=/],
  ] as const;
  const [file] = setup.find(([name, pattern]) => pattern.test(read(name) ?? '')) ?? [];
  return file !== undefined && project.length === 0
    ? refuse(directory, file, `pip-compile --generate-hashes --output-file requirements.txt ${file}`)
    : undefined;
}

/** Names that uv takes from a workspace, a path, a repository or a URL. */
function sourcesOf(tool: Table): ReadonlySet<string> {
  const entries = Object.entries(tableOf(tableOf(tool.uv).sources));
  const local = (value: unknown) =>
    [value].flat().some((one) => ['workspace', 'path', 'git', 'url'].some((key) => key in tableOf(one)));
  return new Set(entries.filter(([, value]) => local(value)).map(([name]) => nameOf(name)));
}

/** The name of a requirement in its normal form (PEP 503). */
function nameOf(requirement: string): string {
  return /^[\w.-]*/
    .exec(requirement.trim())![0]
    .toLowerCase()
    .replace(/[-_.]+/g, '-');
}

function refuse(directory: string, file: string, command: string): Failure {
  return compileFailure('LOCK_UNUSABLE', {
    what: "the dependencies of this file have no lock in pip's format",
    remedy: `Run \`${command}\` in ${directory}, and start the generator again.`,
    at: { file: join(directory, file) },
  });
}
