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
  /** Paths of lockfiles in the mirror, besides those that the language knows by name. */
  readonly locks: readonly string[];
  /** The command that needs what is fetched. */
  readonly at: Place;
}

/**
 * Brings the dependencies that the lockfiles name into the compiler's cache; the only part of a compile that may
 * use the network. Lockfiles that were fetched before cost one look at the disk.
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
      // What the stage sets itself counts before what the user has set, as in any build of it.
      const others = Object.entries(inherited).filter(([name]) => !(staged.has(name) && name in call.env));
      const done = await fetch(call, Object.fromEntries(others));
      if (!done.ok) {
        const why = done.failures.map((failure) => `${failure.what}\n${failure.why ?? ''}`).join('\n');
        if (isDiskFull(why))
          return failed(shellFailure('DISK_FULL', { what: `the disk was full for ${language.title}`, why }));
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

/** Of the caller's environment, what says where packages come from; proxies and certificates belong to every fetch. */
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

/** Of what was fetched: the lockfiles' content, for some platforms and, as wheels are, for a compiler of some name. */
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
