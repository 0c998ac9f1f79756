/** The tasks that Nx ran, from its output in static style; tasks from its cache are not included. */
export function executed(output: string): string[] {
  return readTasks(output).flatMap(({ task, cached }) => (cached ? [] : [task]));
}

export function fromCache(output: string): string[] {
  return readTasks(output).flatMap(({ task, cached }) => (cached ? [task] : []));
}

function readTasks(output: string) {
  const lines = output.matchAll(/^> nx run (\S+)(.*)$/gm);
  const tasks = [...lines].map(([, task, rest]) => ({
    task: task!,
    cached: /\[(local cache|remote cache|existing outputs match.*)\]/.test(rest!),
  }));
  return tasks.sort((a, b) => (a.task < b.task ? -1 : 1));
}
