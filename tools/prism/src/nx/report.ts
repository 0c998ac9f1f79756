import { type Result, renderFailures } from '@prism-build/errors';
import type { TaskResult } from './batch';

/** A result in Nx's form: text for the terminal, and whether the task succeeded. */
export function toTaskResult(result: Result<string>): TaskResult {
  if (result.ok) return { success: true, terminalOutput: result.value };
  return { success: false, terminalOutput: `${renderFailures(result.failures)}\n` };
}

/** Ends an executor outside of a batch: prints its output, and tells Nx whether it succeeded. */
export function endTask(result: Result<string>): { success: boolean } {
  const { success, terminalOutput } = toTaskResult(result);
  process.stdout.write(terminalOutput);
  return { success };
}
