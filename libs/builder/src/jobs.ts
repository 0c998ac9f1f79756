import { hashFile, putLayer } from '@prism-build/oci';

/** What a thread can be asked for, by name: functions do not go from thread to thread. */
export const jobs = { putLayer, hashFile };

/** The name of a job, and what it is given: values that can be copied to another thread. */
export type Question = readonly [job: keyof typeof jobs, given: readonly unknown[]];

/** What the job gives; whoever asks knows of which type that is. */
export async function answer([job, given]: Question): Promise<unknown> {
  return (jobs[job] as (...given: readonly unknown[]) => unknown)(...given);
}
