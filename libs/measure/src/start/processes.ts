import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A process and its descendants (proc(5)); empty if it has ended. */
function listFamily(pid: number): number[] {
  const children = read(`/proc/${pid}/task/${pid}/children`);
  if (children === undefined) return [];
  return [pid, ...children.split(' ').filter(Boolean).map(Number).flatMap(listFamily)];
}

/** Memory of a process with its descendants, in bytes. */
export interface Memory {
  /** Proportional set size: a page that n processes share counts as 1/n of it. */
  readonly pss: number;
  /** The most that was resident so far (VmHWM); shared pages count whole. */
  readonly peak: number;
}

/** Undefined if the processes have ended, or belong to another user. */
export function readMemory(pid: number): Memory | undefined {
  const all = listFamily(pid).map((one) => ({
    pss: readKilobytes(`/proc/${one}/smaps_rollup`, 'Pss'),
    peak: readKilobytes(`/proc/${one}/status`, 'VmHWM'),
  }));
  if (all.length === 0 || all.some(({ pss, peak }) => pss === undefined || peak === undefined))
    return undefined;
  const sum = (key: keyof Memory) => all.reduce((total, one) => total + one[key]! * 1024, 0);
  return { pss: sum('pss'), peak: sum('peak') };
}

const LISTEN = '0A';

/** The addresses on which a process and its descendants listen for TCP, as in 127.0.0.1:8080. */
export function listListening(pid: number): string[] {
  const sockets = new Set(listFamily(pid).flatMap(listSockets));
  const found = ['tcp', 'tcp6'].flatMap((table) =>
    (read(`/proc/${pid}/net/${table}`) ?? '')
      .split('\n')
      .slice(1)
      .flatMap((line) => {
        const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
        return state === LISTEN && sockets.has(inode) ? [printAddress(local)] : [];
      }),
  );
  return [...new Set(found)].sort();
}

function listSockets(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      const [, inode] = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`)) ?? [];
      return inode ?? [];
    });
  } catch {
    return [];
  }
}

/** The kernel prints addresses as words in the byte order of the machine, and ports in hexadecimal. */
function printAddress(text: string): string {
  const [address = '', port = ''] = text.split(':');
  const bytes = Buffer.from(address, 'hex').swap32();
  const host =
    bytes.length === 4 ? [...bytes].join('.') : bytes.every((byte) => byte === 0) ? '[::]' : `[${address}]`;
  return `${host}:${Number.parseInt(port, 16)}`;
}

function readKilobytes(file: string, field: string): number | undefined {
  const [, text] = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(read(file) ?? '') ?? [];
  return text === undefined ? undefined : Number(text);
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
