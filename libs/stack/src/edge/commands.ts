import type { Edge } from '../read/edge';
import { backendName } from './haproxy';
import { otherSlot, type Slot, type Upstream } from './upstream';

const showServers = 'show stat -1 4 -1';

/**
 * Commands for HAProxy's socket. New requests go to the upstream; those that are underway end where they began. The answer
 * ends with that of `listServers`.
 */
export function switchCommands({ backends }: Edge, { slot, ports }: Upstream): string {
  const all = backends.map(({ containerPort }, index) => ({
    name: backendName(index),
    port: ports[containerPort]!,
  }));
  return join([
    ...all.flatMap(({ name, port }) => [
      `set server ${name}/${slot} addr 127.0.0.1 port ${port}`,
      `set server ${name}/${slot} state ready`,
    ]),
    // Only when the new servers are ready, so that there always is one.
    ...all.map(({ name }) => `set server ${name}/${otherSlot(slot)} state drain`),
    showServers,
  ]);
}

/** Asks for the servers; `readServers` reads the answer. */
export const listServers = join([showServers]);

function join(commands: readonly string[]): string {
  return `${commands.join('; ')}\n`;
}

/** A server as HAProxy sees it now. */
export interface EdgeServer {
  readonly backend: string;
  readonly slot: Slot;
  readonly address: string;
  readonly status: string;
  /** Requests that are underway. */
  readonly requests: number;
}

/** The servers in the output of `show stat`, which is CSV with a head. */
export function readServers(csv: string): EdgeServer[] {
  const lines = csv.split('\n').map((line) => line.trim());
  const head = lines.findIndex((line) => line.startsWith('# pxname,'));
  if (head < 0) return [];
  const names = lines[head]!.slice(2).split(',');
  const column = (name: string) => names.indexOf(name);
  const [backend, slot, address, status, requests] = ['pxname', 'svname', 'addr', 'status', 'scur'].map(
    column,
  );
  return lines.slice(head + 1).flatMap((line) => {
    const cells = line.split(',');
    const server = cells[slot!];
    if (server !== 'own' && server !== 'next') return [];
    return [
      {
        backend: cells[backend!] ?? '',
        slot: server,
        address: cells[address!] ?? '',
        status: cells[status!] ?? '',
        requests: Number(cells[requests!] ?? 0),
      },
    ];
  });
}

/** Whether every backend has its server for an upstream, and it is the only one that gets requests. */
export function isSwitched(
  { backends }: Edge,
  { slot, ports }: Upstream,
  servers: readonly EdgeServer[],
): boolean {
  return backends.every(({ containerPort }, index) => {
    const own = servers.filter(({ backend }) => backend === backendName(index));
    const used = own.find((one) => one.slot === slot);
    const other = own.find((one) => one.slot !== slot);
    return (
      used?.address === `127.0.0.1:${ports[containerPort]}` &&
      /^(no check|UP)/.test(used.status) &&
      /^(DRAIN|MAINT)/.test(other?.status ?? '')
    );
  });
}

/** The requests that are underway in a slot. */
export function countRequests(servers: readonly EdgeServer[], slot: Slot): number {
  return servers.reduce((sum, one) => sum + (one.slot === slot ? one.requests : 0), 0);
}
