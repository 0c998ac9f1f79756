import { isOnPath } from '@prism-build/builder';
import { lastLines, OutputTail, type Started, startProcess } from '@prism-build/shell';

/** A command of nx in a process of its own. */
export interface NxProcess {
  /** Whether it succeeded, and the last lines that it printed; none if it was stopped. */
  readonly ended: Promise<{ readonly ok: boolean; readonly text: string }>;
  readonly stop: () => void;
}

/** What Nx tells the tasks that it starts; a command of its own must not take it for its own. */
const ofTasks = /^NX_(TASK|INVOKED|TERMINAL|STREAM|FORKED|CLI_SET|PREFIX|BATCH)/;

/**
 * Starts a command of nx, which reads the workspace anew.
 *
 * @param background at low priority, so that it takes nothing from a compile
 */
export function startNx(root: string, args: readonly string[], background = false): NxProcess {
  const nx = require.resolve('nx/bin/nx.js', { paths: [root] });
  const env = Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value === undefined || ofTasks.test(name) ? [] : [[name, value] as const],
    ),
  );
  const output = new OutputTail();
  const nice = background && isOnPath('nice') ? (['nice', '-n', '10'] as const) : [];
  const argv = [...nice, process.execPath, nx, ...args] as unknown as readonly [string, ...string[]];
  let process_: Started | undefined;
  let stopped = false;
  const work = async () => {
    const started = await startProcess({ argv, cwd: root, env: { ...env, NX_TUI: 'false' } }, (chunk, from) =>
      output.add(from, chunk),
    );
    if (!started.ok) return { ok: false, text: started.failures[0]?.what ?? '' };
    process_ = started.value;
    if (stopped) process_.kill('SIGTERM');
    const { status } = await process_.ended;
    return { ok: status === 0 && !stopped, text: stopped ? '' : lastLines(output.lines()) };
  };
  return {
    ended: work(),
    stop: () => {
      stopped = true;
      process_?.kill('SIGTERM');
    },
  };
}
