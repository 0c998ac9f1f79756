import { hashFile, putLayer } from '@prism-build/oci';

/** The jobs of a thread by name, because functions cannot be sent to threads. */
const jobs = { putLayer, hashFile };

/** The name of a job and its arguments, which must be structured-cloneable. */
export type Question = readonly [job: keyof typeof jobs, given: readonly unknown[]];

/** The result of a job; the caller knows its type. */
export async function answer([job, given]: Question): Promise<unknown> {
  return (jobs[job] as (...given: readonly unknown[]) => unknown)(...given);
}
