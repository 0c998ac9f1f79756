import * as fs from 'node:fs';

/** PSS in bytes of all processes whose command line contains `text`. PSS counts shared pages once. */
export function pssOf(text) {
  let sum = 0;
  for (const id of fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (!fs.readFileSync(`/proc/${id}/cmdline`, 'utf8').includes(text)) continue;
      const [, kilobytes] = /^Pss:\s+(\d+) kB/m.exec(fs.readFileSync(`/proc/${id}/smaps_rollup`, 'utf8'));
      sum += Number(kilobytes) * 1024;
    } catch {
      // The process ended meanwhile.
    }
  }
  return sum;
}
