import { join } from 'node:path/posix';
import { failed, generateFailure, type Result } from '@prism-build/errors';
import { parseProject } from '@prism-build/languages';
import { chooseMain } from './choose';
import type { Sources } from './program';

const usual = ['main.py', 'app.py', 'server.py', 'run.py'];
const guarded = /^if\s+__name__\s*==\s*["']__main__["']/m;

/** One way to start a program of Python. */
interface PythonMain {
  readonly names: readonly string[];
  /** Arguments of the interpreter; undefined for a package that cannot be started. */
  readonly argv: readonly string[] | undefined;
}

/**
 * The arguments of the interpreter that start a program: of a package with __main__.py or a script with a usual name,
 * else of a command that pyproject.toml declares, else of a script with `if __name__ == "__main__"`. --main names any
 * of these, any script, or a module: `web.server`.
 *
 * @param at the directory that holds the units
 */
export function findPythonMain(
  sources: Sources,
  directory: string,
  at: string,
  units: readonly string[],
  asked: string | undefined,
): Result<readonly string[]> {
  const hasMain = (unit: string) => sources.read(join(at, unit, '__main__.py')) !== undefined;
  const describe = (unit: string): PythonMain =>
    unit.endsWith('.py')
      ? { names: [unit, unit.replace(/\.py$/, '')], argv: [`/application/${unit}`] }
      : { names: [unit], argv: hasMain(unit) ? ['-m', unit] : undefined };
  const first = units.filter((unit) => hasMain(unit) || usual.includes(unit)).map(describe);
  const declared = declaredCommands(sources.read(join(directory, 'pyproject.toml')));
  const scripts = units
    .filter((unit) => unit.endsWith('.py') && guarded.test(sources.read(join(at, unit)) ?? ''))
    .map(describe);
  const module = asked === undefined ? [] : moduleNamed(sources, at, asked);
  const candidates =
    asked === undefined
      ? ([first, declared, scripts].find((list) => list.length > 0) ?? [])
      : uniqueByName([...units.map(describe), ...declared, ...module]);
  const main = chooseMain(candidates, asked, { where: directory, namesOf: ({ names }) => names });
  if (!main.ok) return main;
  if (main.value.argv) return { ok: true, value: main.value.argv };
  return failed(
    generateFailure('PROGRAM_NOT_FOUND', {
      what: `${asked} cannot be started: it has no __main__.py`,
      remedy: `Write ${join(at, asked ?? '', '__main__.py')}, or name a script with --main.`,
    }),
  );
}

/** If a package and a command share a name, it starts the package, if that has a __main__.py. */
function uniqueByName(all: readonly PythonMain[]): PythonMain[] {
  const startable = all.filter(({ argv }) => argv !== undefined);
  const named = (one: PythonMain) => startable.find((other) => other.names[0] === one.names[0]) ?? one;
  return [...new Set(all.map(named))];
}

function moduleNamed(sources: Sources, at: string, name: string): PythonMain[] {
  const path = join(at, ...name.split('.'));
  const isModule = name.includes('.') && sources.read(`${path}.py`) !== undefined;
  return isModule && !name.endsWith('.py') ? [{ names: [name], argv: ['-m', name] }] : [];
}

/** Commands of [project.scripts] (PEP 621): `name = "package.module:function"`. */
function declaredCommands(text: string | undefined): PythonMain[] {
  return Object.entries(parseProject(text ?? '').scripts).flatMap(([name, value]) => {
    const [, module, object] = /^\s*([\w.]+)\s*:\s*([\w.]+)/.exec(value) ?? [];
    if (module === undefined) return [];
    const [head] = object!.split('.');
    const program = `import sys; from ${module} import ${head}; sys.exit(${object}())`;
    return [{ names: [name], argv: ['-c', program] }];
  });
}
