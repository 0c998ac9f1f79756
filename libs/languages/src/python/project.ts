import { listOf, parseToml, tableOf, textOf } from '../toml';

/** The parts of a pyproject.toml that builds and generators use. A file that is not TOML has none of them. */
export interface Project {
  /** `requires-python` (PEP 621). */
  readonly requiresPython: string | undefined;
  /** The version of Python that Poetry asks for, in its own syntax. */
  readonly poetryPython: string | undefined;
  /** `[project] dependencies` (PEP 621); undefined if it has no such list. */
  readonly dependencies: readonly string[] | undefined;
  /** `[project.scripts]`: the name of a command to `module:function`. */
  readonly scripts: Readonly<Record<string, string>>;
  /** URLs of package indexes, which uv, Poetry and PDM read and pip does not. */
  readonly indexes: readonly string[];
}

/** Reads a pyproject.toml. */
export function parseProject(text: string): Project {
  const file = parseToml(text) ?? {};
  const [project, tool] = [tableOf(file.project), tableOf(file.tool)];
  const [uv, poetry, pdm] = [tableOf(tool.uv), tableOf(tool.poetry), tableOf(tool.pdm)];
  const options = [uv, tableOf(uv.pip)].flatMap((one) => [
    one['index-url'],
    ...listOf(one['extra-index-url']),
    ...listOf(one['find-links']),
  ]);
  const sources = [uv.index, poetry.source, pdm.source].flatMap(listOf).map((one) => tableOf(one).url);
  return {
    requiresPython: textOf(project['requires-python']),
    poetryPython: textOf(tableOf(poetry.dependencies).python),
    dependencies: Array.isArray(project.dependencies) ? textsOf(project.dependencies) : undefined,
    scripts: Object.fromEntries(
      Object.entries(tableOf(project.scripts)).filter(
        (one): one is [string, string] => textOf(one[1]) !== undefined,
      ),
    ),
    indexes: textsOf([...options, ...sources]),
  };
}

const textsOf = (value: readonly unknown[]) => value.flatMap((one) => textOf(one) ?? []);
