import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { failed, imageFailure, ok, type Result } from '@prism-build/errors';
import { readTextIfThere } from '@prism-build/shell';

/** Values of ARG instructions by name: a text, or the environment variable that has the value. */
export type BuildArgs = Readonly<Record<string, string | { readonly env: string }>>;

/**
 * The arguments that have a value. An empty variable counts as unset, because Nx hashes both alike: the ARG's default
 * applies. Inference passes no environment, because Nx may cache its result.
 */
export function valuesOf(args: BuildArgs, environment: NodeJS.ProcessEnv = {}): Record<string, string> {
  const values = Object.entries(args).map(([name, given]) => {
    const variable = variableOf(given);
    return [name, variable === undefined ? given : environment[variable] || undefined];
  });
  return Object.fromEntries(values.filter(([, value]) => typeof value === 'string'));
}

/** The environment variables from which arguments take their values, sorted. */
export function variablesOf(args: BuildArgs): string[] {
  const names = Object.values(args).flatMap((given) => variableOf(given) ?? []);
  return [...new Set(names)].sort();
}

/** Checks the type at run time: values of project.json arrive here before they are validated. */
function variableOf(given: BuildArgs[string]): string | undefined {
  return typeof given === 'object' && typeof given?.env === 'string' ? given.env : undefined;
}

/** Files that Nx loads for all tasks. It uses other env files in keys, but does not load them for tasks of a batch. */
const loadedForAll = new Set(['.env', '.env.local']);

/**
 * Fails with BUILD_ARG_OF_ONE_TASK for a variable that an env file of single tasks sets: the cache key would contain
 * another value than the build sees.
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
