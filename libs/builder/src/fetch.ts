import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { basename, join } from 'node:path';
import { formatPlatform } from '@prism-build/containerfile';
import { compileFailure, failed, ok, type Place, type Result, shellFailure } from '@prism-build/errors';
import type { CompileRequest, Language } from '@prism-build/languages';
import { withLock, writeFileAtomic } from '@prism-build/shell';
import type { Compiler } from './compiler/compiler';
import type { MirroredTree } from './mirror';
import { isDiskFull } from './run/isDiskFull';

interface FetchSources {
  readonly mirror: MirroredTree;
  /** Paths of lockfiles in the mirror, in addition to the language's usual names. */
  readonly locks: readonly string[];
  /** The line of the command that needs the dependencies; failures name it. */
  readonly at: Place;
}

/**
 * Fetches the dependencies that the lockfiles name into the compiler's cache. Only this part of a compile may use the
 * network. Does nothing if a stamp file records the same lockfiles, platforms and compiler.
 * Failures: DISK_FULL, DEPENDENCIES_NOT_FETCHED, and those that the language derives from the output.
 */
export async function fetchDependencies(
  language: Language,
  request: CompileRequest,
  sources: FetchSources,
  { fetch }: Compiler,
): Promise<Result<void>> {
  const { cache } = request.directories;
  const { dependencies } = language;
  if (!dependencies) return ok(undefined);
  const stamp = join(cache, dependencies.directory, 'fetched-by-prism', fetchKey(language, request, sources));
  if (fs.existsSync(stamp)) return ok(undefined);
  return withLock(join(cache, 'locks', `${language.name}.lock`), async () => {
    if (fs.existsSync(stamp)) return ok(undefined);
    const inherited = inheritedForFetching(dependencies.inherits, process.env);
    const staged = new Set(request.targets.flatMap((target) => Object.keys(request.environment(target))));
    for (const call of dependencies.fetch(request)) {
      fs.mkdirSync(call.cwd, { recursive: true });
      // A variable that the stage sets takes precedence over the user's.
      const others = Object.entries(inherited).filter(([name]) => !(staged.has(name) && name in call.env));
      const done = await fetch(call, Object.fromEntries(others));
      if (!done.ok) {
        const why = done.failures.map((failure) => `${failure.what}\n${failure.why ?? ''}`).join('\n');
        if (isDiskFull(why))
          return failed(
            shellFailure('DISK_FULL', {
              what: `the disk is full: ${language.title} could not write its dependencies`,
              why,
            }),
          );
        const { code, ...known } = language.diagnosis.explain?.(why, 'fetch') ?? {
          code: 'DEPENDENCIES_NOT_FETCHED' as const,
          what: `cannot fetch the ${language.title} dependencies`,
        };
        return failed(compileFailure(code, { ...known, why, at: sources.at }));
      }
    }
    writeFileAtomic(stamp, '');
    return ok(undefined);
  });
}

/** The caller's variables for package sources (`names`), and for proxies and certificates. */
export function inheritedForFetching(
  names: readonly string[],
  env: NodeJS.ProcessEnv,
): Record<string, string> {
  const always = /^(https?|all|no)_proxy$|^SSL_CERT_(FILE|DIR)$/i;
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value !== undefined && (names.includes(name) || always.test(name)) ? [[name, value]] : [],
    ),
  );
}

/** Digest of what fetching depends on: lockfiles, platforms, and the compiler's name (wheels depend on it). */
export function fetchKey(
  language: Language,
  { targets, toolchain }: CompileRequest,
  { mirror, locks }: FetchSources,
): string {
  const hash = createHash('sha256').update(
    `${basename(toolchain.command)}\0${targets.map(formatPlatform).join()}\n`,
  );
  for (const [path, digest] of mirror.files) {
    if (language.dependencies?.lockfiles.includes(basename(path)) || locks.includes(path))
      hash.update(`${path}\0${digest}\n`);
  }
  return hash.digest('hex').slice(0, 32);
}
