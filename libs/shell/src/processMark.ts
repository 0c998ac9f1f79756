import { readFileSync, readlinkSync } from 'node:fs';

/**
 * Text that identifies a running process of this machine: its ID, its start time, because IDs are used again, and its
 * namespace of IDs. Without /proc, only the ID.
 */
export function markProcess(pid: number = process.pid): string {
  return [pid, startTime(pid) ?? '', namespace()].join('.');
}

/** Whether the process of a mark may still run. True if this process cannot see it. */
export function mayRun(mark: string): boolean {
  const [id = '', started = '', space = ''] = mark.split('.');
  if (!/^\d+$/.test(id) || space !== namespace()) return true;
  if (started !== '') return startTime(Number(id)) === started;
  try {
    return process.kill(Number(id), 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Field 22 of /proc/<pid>/stat (proc(5)), undefined if the process has ended; the name of the program, in parentheses, may contain anything. */
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended; where no init runs, it stays.
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function namespace(): string {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '';
  } catch {
    return '';
  }
}
