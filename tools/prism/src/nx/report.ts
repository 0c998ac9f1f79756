import { type Result, renderFailures } from '@prism-build/errors';
import type { TaskResult } from './batch';

/** A result as Nx takes it: text for the terminal, and whether it went well. */
export function toTaskResult(result: Result<string>): TaskResult {
  if (result.ok) return { success: true, terminalOutput: result.value };
  return { success: false, terminalOutput: `${renderFailures(result.failures)}\n` };
}

/** Ends an executor outside of a batch: prints what it has to say, and tells Nx whether it went well. */
export function endTask(result: Result<string>): { success: boolean } {
  const { success, terminalOutput } = toTaskResult(result);
  process.stdout.write(terminalOutput);
  return { success };
}
