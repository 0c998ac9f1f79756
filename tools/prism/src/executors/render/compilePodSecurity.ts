import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { failed, type Result, stackFailure } from '@prism-build/errors';
import { attempt, findOnPath, run } from '@prism-build/shell';
import { podSecurity } from '@prism-build/stack';
import type { Directories } from '@prism-build/workspace';

/**
 * The check of Pod Security: a program around Kubernetes' own library, which nothing packages. It is compiled once from the
 * sources in this package. Failure: STACK_VALIDATOR_MISSING.
 */
export async function compilePodSecurity({ cache }: Directories): Promise<Result<string>> {
  const go = findOnPath('go', process.env);
  const refuse = (what: string) => failed(stackFailure('STACK_VALIDATOR_MISSING', { what }));
  if (go === undefined) return refuse('go is not on PATH');
  const sources = findSources();
  const digest = createHash('sha256');
  for (const name of ['go.mod', 'go.sum', 'main.go']) digest.update(readFileSync(join(sources, name)));
  const program = join(cache, 'tools', `${podSecurity}-${digest.digest('hex').slice(0, 16)}`, podSecurity);
  return attempt(program, async () => {
    if (existsSync(program)) return program;
    mkdirSync(dirname(program), { recursive: true });
    const made = `${program}.${process.pid}`;
    const argv = [
      'env',
      'GOWORK=off',
      'CGO_ENABLED=0',
      go,
      'build',
      '-ldflags=-s -w',
      '-o',
      made,
      '.',
    ] as const;
    const compiled = await run({ argv: [...argv], cwd: sources });
    if (!compiled.ok) throw new Error(compiled.failures[0]?.why);
    renameSync(made, program);
    return program;
  }).then((done) => (done.ok ? done : refuse(`go could not compile it: ${done.failures[0]?.why}`)));
}

/** A directory of the package, which is above the compiled entries in a checkout as well. */
function findSources(): string {
  for (let directory = __dirname; ; directory = dirname(directory)) {
    const found = join(directory, podSecurity);
    if (existsSync(join(found, 'go.mod')) || directory === dirname(directory)) return found;
  }
}
