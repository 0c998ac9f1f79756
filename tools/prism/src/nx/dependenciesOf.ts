import type { TaskGraph } from '@nx/devkit';

/** The tasks that a task waits for directly, by id. Some versions of Nx have objects in place of ids. */
export function dependenciesOf({ dependencies }: TaskGraph, task: string): string[] {
  return (dependencies[task] ?? []).map((one: string | { id: string }) =>
    typeof one === 'string' ? one : one.id,
  );
}
