import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { failed, imageFailure, ok, type Result } from '@prism-build/errors';
import { readTextIfThere } from '@prism-build/shell';

/** Values of ARG instructions by name: a text, or the variable of the environment that has it. */
export type BuildArgs = Readonly<Record<string, string | { readonly env: string }>>;

/**
 * The arguments that have a value. A variable that is empty counts as one that is not set, for Nx hashes both
 * alike: the default of the ARG holds. Inference knows no environment, since Nx may keep what it says.
 */
export function valuesOf(args: BuildArgs, environment: NodeJS.ProcessEnv = {}): Record<string, string> {
  const values = Object.entries(args).map(([name, given]) => {
    const variable = variableOf(given);
    return [name, variable === undefined ? given : environment[variable] || undefined];
  });
  return Object.fromEntries(values.filter(([, value]) => typeof value === 'string'));
}

/** The variables of the environment that arguments take their values from. */
export function variablesOf(args: BuildArgs): string[] {
  const names = Object.values(args).flatMap((given) => variableOf(given) ?? []);
  return [...new Set(names)].sort();
}

/** What project.json declares comes here before it is checked. */
function variableOf(given: BuildArgs[string]): string | undefined {
  return typeof given === 'object' && typeof given?.env === 'string' ? given.env : undefined;
}

/** The files that Nx loads for itself; all the others count for keys, and not for tasks that run in a batch. */
const loadedForAll = new Set(['.env', '.env.local']);

/**
 * Refuses a variable that a file for one task sets: Nx would put another value into the key than the build sees.
 *
 * @param project the project's root, relative to the workspace.
 */
export function checkVariables(root: string, project: string, args: BuildArgs): Result<void> {
  const names = variablesOf(args);
  if (names.length === 0 || process.env.NX_LOAD_DOT_ENV_FILES !== 'true') return ok(undefined);
  const files = [...new Set(['', project === '.' ? '' : project])].flatMap((directory) =>
    readdirSync(join(root, directory), { withFileTypes: true })
      .filter((entry) => entry.isFile() && /^\.env\b|^\..*\benv$/.test(entry.name))
      .map(({ name }) => join(directory, name))
      .filter((file) => !loadedForAll.has(file)),
  );
  const failures = files.flatMap((file) => {
    const text = readTextIfThere(join(root, file)) ?? '';
    return names
      .filter((name) => new RegExp(`^\\s*(export\\s+)?${quote(name)}\\s*[=:]`, 'm').test(text))
      .map((name) =>
        imageFailure('BUILD_ARG_OF_ONE_TASK', {
          what: `a build argument takes its value from ${name}, which this file sets for some tasks only`,
          at: { file },
        }),
      );
  });
  return failures.length > 0 ? failed(...failures) : ok(undefined);
}

function quote(name: string): string {
  return name.replace(/[^\w]/g, '\\$&');
}
