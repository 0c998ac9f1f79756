import { connect, createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** A port of loopback on which nothing listens. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Milliseconds from `begin` until `tries(port)` is true, which is asked every `pause` milliseconds. */
export async function readyAfter(port, begin, { tries = connects, pause = 2 } = {}) {
  while (!(await tries(port))) {
    if (performance.now() - begin > 30_000) throw new Error(`nobody answers on port ${port}`);
    await wait(pause);
  }
  return performance.now() - begin;
}

/** Whether something accepts a connection. */
export function connects(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (found) => {
      socket.destroy();
      resolve(found);
    };
    socket.on('connect', () => end(true)).on('error', () => end(false));
  });
}

/** Whether a path of a server answers with a text. */
export const says = (path, text) => async (port) => {
  const headers = { connection: 'close' };
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers }).catch(() => undefined);
  return (await answer?.text().catch(() => '')) === text;
};
