import { type ChildProcess, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';

/** A real registry (distribution) on loopback that requires a password. */
export interface Registry {
  readonly host: string;
  /** Headers for the test's own requests. */
  readonly headers: Readonly<Record<string, string>>;
  /** The registry's files. Altering them alters its answers. */
  readonly storage: string;
  /** A credentials file for containers tools, with the right or another password. */
  readonly authFile: (password?: string) => string;
  /** All requests that it has answered, across restarts: `GET /v2/…`. */
  readonly requests: () => string[];
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export const user = 'prism';
export const password = 'correct horse';
/** Of the password; the only form that docker-registry accepts in htpasswd. */
export const bcrypt = '$2b$04$4MdHOi1iGBjALxh.pYWnzeJshqaedQsmCQHarMgOBfVZrPBZnvjhq';

/** `memory` has no files, and is several times faster. Deletion is off by default, as in the real one. */
export async function makeRegistry(
  directory: string,
  kind: 'files' | 'memory' = 'files',
  deletes = false,
): Promise<Registry> {
  fs.mkdirSync(directory, { recursive: true });
  const host = `127.0.0.1:${await freePort()}`;
  const path = (name: string) => join(directory, name);
  const settings = {
    version: '0.1',
    storage: {
      ...(kind === 'memory' ? { inmemory: {} } : { filesystem: { rootdirectory: path('storage') } }),
      delete: { enabled: deletes },
    },
    auth: { htpasswd: { realm: 'test', path: path('htpasswd') } },
    http: { addr: host },
  };
  fs.writeFileSync(path('htpasswd'), `${user}:${bcrypt}\n`);
  const encode = (word: string) => Buffer.from(`${user}:${word}`).toString('base64');
  const { start, stop } = serveDistribution(directory, settings, async () => {
    const answer = await fetch(`http://${host}/v2/`).catch(() => undefined);
    return answer?.status === 401;
  });
  await start();
  return {
    host,
    storage: path('storage'),
    headers: { authorization: `Basic ${encode(password)}` },
    authFile: (word = password) => {
      const file = path(`auth-${word.length}.json`);
      fs.writeFileSync(file, JSON.stringify({ auths: { [host]: { auth: encode(word) } } }));
      return file;
    },
    requests: () =>
      [...fs.readFileSync(path('log'), 'utf8').matchAll(/"(GET|HEAD) (\/v2\/\S*) HTTP[^"]*" 200/g)].map(
        ([, method, url]) => `${method} ${url}`,
      ),
    start,
    stop,
  };
}

/** Debian's docker-registry with these settings. `start` waits until it is up. */
export function serveDistribution(directory: string, settings: object, isUp: () => Promise<boolean>) {
  const config = join(directory, 'config.yml');
  const log = join(directory, 'log');
  // JSON is valid YAML.
  fs.writeFileSync(config, JSON.stringify(settings));
  let child: ChildProcess | undefined;
  return {
    start: async (): Promise<void> => {
      const output = fs.openSync(log, 'a');
      child = spawn('docker-registry', ['serve', config], { stdio: ['ignore', output, output] });
      fs.closeSync(output);
      for (const end = Date.now() + 20_000; !(await isUp()); ) {
        if (Date.now() > end) throw new Error(`no registry: ${fs.readFileSync(log, 'utf8')}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    stop: async (): Promise<void> => {
      const running = child;
      if (!running) return;
      child = undefined;
      const ended = new Promise((resolve) => running.once('exit', resolve));
      running.kill();
      await ended;
    },
  };
}

/** Whether something listens on a port of loopback. */
export function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
    socket.unref().end();
  });
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
