import * as fs from 'node:fs';
import { join } from 'node:path';
import { type Failure, failed, type Result } from '@prism-build/errors';
import type { Toolchain } from '@prism-build/languages';
import { attempt, run, withLock } from '@prism-build/shell';
import { inheritedForFetching } from '../fetch';
import { findToolchain, thisMachine } from '../toolchain';
import type { CompilerRequest } from './compiler';

/**
 * Fetches the pinned toolchain into the cache, where its language can; `absent` says why the machine has none, and is
 * the failure where it cannot.
 */
export async function obtainToolchain(
  { language, pin, plan, directories: { cache } }: CompilerRequest,
  absent: readonly Failure[],
): Promise<Result<Toolchain>> {
  const obtaining = language.toolchain.obtain?.(pin, thisMachine(), cache);
  if (!obtaining) return failed(...absent);
  return withLock(join(cache, 'locks', `${language.name}.lock`), async () => {
    const there = findToolchain(language, pin, plan, cache);
    if (there.ok) return there;
    const { call, executable, inherits } = obtaining;
    fs.mkdirSync(call.cwd, { recursive: true });
    const env = { ...call.env, ...inheritedForFetching(inherits, process.env) };
    process.stderr.write(`fetching ${language.title} ${pin.version}, once\n`);
    const done = await run({ ...call, env });
    if (!done.ok) return failed(...absent.map((failure) => because(failure, done.failures)));
    const allowed = await attempt('cannot make the toolchain executable', () =>
      executable.forEach(allowExecution),
    );
    return allowed.ok ? findToolchain(language, pin, plan, cache) : allowed;
  });
}

function because(failure: Failure, causes: readonly Failure[]): Failure {
  const why = causes.flatMap((cause) => [`fetching it failed: ${cause.what}`, cause.why]);
  return { ...failure, why: [failure.why, ...why].filter(Boolean).join('\n') };
}

function allowExecution(directory: string): void {
  for (const entry of fs.existsSync(directory) ? fs.readdirSync(directory, { withFileTypes: true }) : []) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) allowExecution(path);
    else fs.chmodSync(path, fs.statSync(path).mode | 0o111);
  }
}
