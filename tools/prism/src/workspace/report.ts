import { type Result, renderFailures } from '@prism-build/errors';
import type { TaskResult } from '../build/batch';

/** A result as Nx takes it: text for the terminal, and whether it went well. */
export function toTaskResult(result: Result<string>): TaskResult {
  if (result.ok) return { success: true, terminalOutput: result.value };
  return { success: false, terminalOutput: `${renderFailures(result.failures)}\n` };
}
