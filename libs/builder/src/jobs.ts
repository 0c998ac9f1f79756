import { hashFile, putLayer } from '@prism-build/oci';

/** The jobs of a worker thread, by name: functions cannot be sent to a thread. */
export const jobs = { putLayer, hashFile };

/** A job's name and arguments, which must be values that can be copied to another thread. */
export type Question = readonly [job: keyof typeof jobs, given: readonly unknown[]];

/** Runs a job and returns its result. The caller knows the type. */
export async function answer([job, given]: Question): Promise<unknown> {
  return (jobs[job] as (...given: readonly unknown[]) => unknown)(...given);
}
