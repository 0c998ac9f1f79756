import { Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { privilegedPortRemedy } from '@prism-build/engine';
import { failed, ok, type Result, stackFailure } from '@prism-build/errors';
import type { StackPort } from '@prism-build/stack';

const loopback = '127.0.0.1';

/** A server that listens, or why it cannot. */
type Opened = Server | NodeJS.ErrnoException;

/** Milliseconds in which a pod that was just removed gives its ports back. */
const patience = 2000;

/** Whether ports are free on loopback. Failures: STACK_PORT_IN_USE and STACK_PORT_REFUSED, for each that is not. */
export async function checkPorts<Port extends Pick<StackPort, 'hostPort' | 'protocol' | 'at'>>(
  ports: readonly Port[],
  ownerOf: (port: Port) => string,
): Promise<Result<void>> {
  const tried = await Promise.all(
    ports
      .filter(({ protocol }) => protocol === 'TCP')
      .map(async (port) => {
        const { hostPort, at } = port;
        const opened = await openPatiently(hostPort);
        if (opened instanceof Server) {
          await close(opened);
          return [];
        }
        const { code, message: why } = opened;
        if (code === 'EACCES') {
          const what = `this user may not listen on port ${hostPort} of ${ownerOf(port)}`;
          const remedy = privilegedPortRemedy;
          return [stackFailure('STACK_PORT_REFUSED', { what, why, remedy, at })];
        }
        const what = `port ${hostPort} of ${ownerOf(port)} is in use on ${loopback}`;
        return [stackFailure('STACK_PORT_IN_USE', { what, why, at })];
      }),
  );
  const failures = tried.flat();
  return failures.length > 0 ? failed(...failures) : ok(undefined);
}

/** `Service api`, for messages. */
export const serviceOf = ({ service }: StackPort): string => `Service ${service}`;

/**
 * Below the ports that kernels hand out themselves. Rules that Podman's network leaves behind when it is killed divert a port
 * for ever; there, they would meet programs that got a number by chance.
 */
const numbers = { first: 20_000, count: 12_000 };

/** A free port of loopback for each port that no Service publishes. Another program may take one before Podman does. */
export async function findFreePorts(ports: readonly number[]): Promise<Record<number, number>> {
  const servers = await Promise.all(ports.map(openAny));
  const free = servers.map((one, index) => {
    if (!(one instanceof Server)) throw one;
    const address = one.address();
    return [ports[index]!, typeof address === 'object' ? address!.port : 0] as const;
  });
  await Promise.all(servers.map((one) => (one instanceof Server ? close(one) : undefined)));
  return Object.fromEntries(free);
}

async function openAny(): Promise<Opened> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const opened = await open(numbers.first + Math.floor(Math.random() * numbers.count));
    if (opened instanceof Server) return opened;
  }
  return open(0);
}

async function openPatiently(port: number): Promise<Opened> {
  for (const end = performance.now() + patience; ; await sleep(100)) {
    const opened = await open(port);
    const inUse = !(opened instanceof Server) && opened.code === 'EADDRINUSE';
    if (!inUse || performance.now() > end) return opened;
  }
}

function open(port: number): Promise<Opened> {
  return new Promise((resolve) => {
    const server = new Server();
    server.once('error', resolve).listen(port, loopback, () => resolve(server));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
