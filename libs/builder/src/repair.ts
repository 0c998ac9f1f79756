import { type Failure, ok, type Result } from '@prism-build/errors';
import { compileDirectory } from '@prism-build/workspace';
import { type CompileManifest, readOutput } from './compileManifest';
import { compileStep } from './compileStep';
import { snapshot } from './snapshot';
import type { StepInput } from './step';

/** Compiles again a result that was restored altered, and replaces its entry in the build cache. */
export async function repairCompile(
  input: StepInput,
  failures: readonly Failure[],
): Promise<Result<CompileManifest>> {
  const directory = compileDirectory(input.directories.root, input.project);
  const repaired = await repair(input, directory, failures, () =>
    compileStep({ ...input, force: true, options: { ...input.options, step: 'compile', stage: undefined } }),
  );
  return repaired.ok ? readOutput(directory) : repaired;
}

/** Builds again in this process, and replaces the altered entry in the build cache. */
export async function repair(
  { directories, replaceCached }: StepInput,
  directory: string,
  failures: readonly Failure[],
  build: () => Promise<Result<unknown>>,
  parts?: readonly string[],
): Promise<Result<void>> {
  const altered = snapshot(directory, parts);
  process.stderr.write(`${failures.map(({ what }) => what).join('\n')}\nbuilding it again\n`);
  const built = await build();
  if (!built.ok) return built;
  replaceCached(directories.root, directory, altered, parts);
  return ok(undefined);
}
