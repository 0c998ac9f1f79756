import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { type Failure, failed, ok, type Result, stackFailure } from '@prism-build/errors';
import { findOnPath, run, writeFileAtomic } from '@prism-build/shell';
import {
  placeFinding,
  podSecurity,
  type RenderedFiles,
  type RenderFormat,
  type Stack,
  type Validator,
  validators,
} from '@prism-build/stack';
import type { Directories } from '@prism-build/workspace';
import { compilePodSecurity } from './compilePodSecurity';

interface Rendered {
  readonly text: string;
  readonly stack: Stack;
}

/**
 * Gives a form to every validator of it that is installed. Returns what was checked and what was not. Failures:
 * STACK_FORM_INVALID for each finding, with its line in stack.yaml where the validator says which field it means;
 * STACK_VALIDATOR_MISSING if nothing could be checked.
 */
export async function validateForm(
  format: RenderFormat,
  form: string | RenderedFiles,
  { text, stack }: Rendered,
  directories: Directories,
): Promise<Result<string>> {
  const directory = mkdtempSync(join(tmpdir(), 'prism-render-'));
  try {
    const written = typeof form === 'string' ? { 'stack.yaml': form } : form;
    for (const [path, content] of Object.entries(written)) writeFileAtomic(join(directory, path), content);
    const target = await locateTarget(format, directory);
    if (!target.ok) return missing(format, [target.failures[0]?.what ?? '']);
    const failures: Failure[] = [];
    const checked: string[] = [];
    const unchecked: string[] = [];
    for (const validator of validators[format]) {
      const program = await locate(validator, directories);
      if (!program.ok) {
        unchecked.push(
          `${validator.name}: ${program.failures[0]?.what}. To install it: ${validator.install}`,
        );
        continue;
      }
      const { args, env, input, find } = validator;
      const ran = await run({
        argv: [program.value, ...args(target.value.path)],
        ...(env && { env: { ...stringsOf(process.env), ...env(target.value.path) } }),
        ...(input === true && { input: target.value.text }),
        timeout: 120_000,
      });
      if (ran.ok) {
        checked.push(validator.name);
        continue;
      }
      const output = ran.failures[0]?.why ?? ran.failures[0]?.what ?? '';
      const findings = find(output);
      failures.push(
        ...(findings.length > 0 ? findings : [{ what: output }]).map((finding) => {
          const what = `${validator.name} refuses ${stack.name}: ${finding.what}`;
          return stackFailure('STACK_FORM_INVALID', { what, at: placeFinding(finding, stack, text) });
        }),
      );
    }
    if (failures.length > 0) return failed(...failures);
    if (checked.length === 0) return missing(format, unchecked);
    return ok(
      [
        ...checked.map((name) => `  checked by ${name}\n`),
        ...unchecked.map((line) => `  NOT checked by ${line}\n`),
      ].join(''),
    );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** What validators read: the directory, or a file of YAML, which for kustomize is the overlay of a cluster once it is built. */
async function locateTarget(
  format: RenderFormat,
  directory: string,
): Promise<Result<{ readonly path: string; readonly text: string }>> {
  if (format === 'quadlet' || format === 'compose') return ok({ path: directory, text: '' });
  const path = join(directory, 'stack.yaml');
  if (format !== 'kustomize') return ok({ path, text: readFileSync(path, 'utf8') });
  const kubectl = findOnPath('kubectl', process.env);
  const kustomize = findOnPath('kustomize', process.env);
  const overlay = join(directory, 'overlays', 'kubernetes');
  if (kubectl === undefined && kustomize === undefined) {
    const what = 'neither kubectl nor kustomize is on PATH, and one of them has to build the overlay first';
    return failed(stackFailure('STACK_VALIDATOR_MISSING', { what }));
  }
  const argv = kubectl
    ? ([kubectl, 'kustomize', overlay] as const)
    : ([kustomize!, 'build', overlay] as const);
  const built = await run({ argv: [...argv] });
  if (!built.ok) return built;
  writeFileAtomic(path, built.value.stdout);
  return ok({ path, text: built.value.stdout });
}

async function locate({ programs }: Validator, directories: Directories): Promise<Result<string>> {
  if (programs.includes(podSecurity)) return compilePodSecurity(directories);
  for (const name of programs) {
    const found = isAbsolute(name) ? (existsSync(name) ? name : undefined) : findOnPath(name, process.env);
    if (found !== undefined) return ok(found);
  }
  const what = `${programs[0]} is not on PATH`;
  return failed(stackFailure('STACK_VALIDATOR_MISSING', { what }));
}

function missing(format: RenderFormat, lines: readonly string[]): Result<never> {
  const what = `nothing checks the form ${format} on this machine`;
  return failed(stackFailure('STACK_VALIDATOR_MISSING', { what, why: lines.join('\n') }));
}

function stringsOf(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}
