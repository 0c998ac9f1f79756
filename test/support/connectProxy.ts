import * as http from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

/** A proxy as companies have one, on loopback. */
export interface ConnectProxy {
  /** For HTTPS_PROXY and HTTP_PROXY. */
  readonly url: string;
  /** The hosts that it was asked for, one for each connection or request. */
  readonly asked: string[];
  /** The status that answers everything from now on; 200 lets everything pass. */
  readonly answer: (status: number) => void;
  readonly close: () => Promise<void>;
}

/** A proxy that leads each of these host names to a port of this machine, and everything else to nothing. */
export async function startConnectProxy(ports: Readonly<Record<string, number>>): Promise<ConnectProxy> {
  let status = 200;
  const asked: string[] = [];
  const portOf = (authority: string) => ports[authority.split(':')[0]!];
  const server = http.createServer((request, response) => {
    const url = new URL(request.url!);
    asked.push(url.host);
    const port = portOf(url.host);
    if (status !== 200 || port === undefined) return response.writeHead(status === 200 ? 502 : status).end();
    const { method, headers } = request;
    const path = `${url.pathname}${url.search}`;
    const passed = http.request({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    passed.on('error', () => request.socket.destroy());
    request.pipe(passed);
  });
  server.on('connect', (request, socket) => {
    asked.push(request.url!);
    const port = portOf(request.url!);
    socket.on('error', () => undefined);
    if (status !== 200 || port === undefined) {
      const code = status === 200 ? 502 : status;
      return socket.end(`HTTP/1.1 ${code} ${http.STATUS_CODES[code]}\r\n\r\n`);
    }
    const passed = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      passed.pipe(socket).pipe(passed);
    });
    passed.on('error', () => socket.destroy());
  });
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    answer: (next) => {
      status = next;
    },
    close: () => {
      // The server forgets the sockets of tunnels.
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
