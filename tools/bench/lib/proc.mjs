import * as fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** PSS in bytes of all processes whose command line contains `text`. PSS counts shared pages once. */
export function pssOf(text) {
  const processes = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return sumOf(processes.filter((id) => read(`/proc/${id}/cmdline`).includes(text)));
}

/** PSS in bytes of one process. */
export const pssOfProcess = (id) => sumOf([id]);

/** Milliseconds of the processor that a process and its descendants took until now. Linux counts in hundredths of a second. */
export function processorTimeOf(id) {
  const ticks = [id, ...listDescendants(id)].map((one) => {
    const fields = read(`/proc/${one}/stat`).split(') ').at(-1).split(' ');
    return Number(fields[11]) + Number(fields[12]);
  });
  return ticks.reduce((sum, one) => sum + one, 0) * 10;
}

/** Milliseconds between two looks at the memory of processes. */
const PAUSE = 20;

/**
 * The most PSS in bytes that the processes which `work` started had together. Reading it slows them down, so nothing is timed
 * meanwhile.
 */
export async function peakOf(work) {
  const before = new Set(listDescendants(process.pid));
  let peak = 0;
  let over = false;
  const sample = async () => {
    while (!over) {
      peak = Math.max(peak, sumOf(listDescendants(process.pid).filter((id) => !before.has(id))));
      await sleep(PAUSE);
    }
  };
  await Promise.all([sample(), work().finally(() => (over = true))]);
  return peak;
}

function listDescendants(id) {
  const threads = list(`/proc/${id}/task`);
  const children = threads.flatMap((thread) =>
    read(`/proc/${id}/task/${thread}/children`).split(' ').filter(Boolean),
  );
  return children.flatMap((child) => [child, ...listDescendants(child)]);
}

/** A process that ended meanwhile counts nothing. */
function sumOf(ids) {
  return ids
    .map((id) => Number(/^Pss:\s+(\d+) kB/m.exec(read(`/proc/${id}/smaps_rollup`))?.[1] ?? 0) * 1024)
    .reduce((sum, bytes) => sum + bytes, 0);
}

function list(directory) {
  try {
    return fs.readdirSync(directory);
  } catch {
    return [];
  }
}

function read(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
