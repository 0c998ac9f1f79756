import { createServer } from 'node:net';

/** Addresses of 127.0.0.0/8 that only this run uses, so every server can have its usual port without conflicts. */
const net = `127.${100 + (process.pid % 150)}.${1 + (Math.floor(process.pid / 150) % 250)}`;
let last = 0;

export function loopbackAddress(): string {
  last += 1;
  return `${net}.${last}`;
}

/** A currently free port of 127.0.0.1, for servers that cannot use another address. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
