import * as http from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that a proxy has seen, with the bytes of its body. */
interface SeenRequest {
  readonly method: string;
  readonly url: string;
  status: number;
  sent: number;
}

/** What a proxy does with a request in place of passing it on. */
export type Fault =
  | { readonly kind: 'cut' }
  | { readonly kind: 'hang' }
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: http.OutgoingHttpHeaders;
      readonly body?: string;
    }
  /** Passes the request on; sends only half of the answer's bytes, or other ones. */
  | { readonly kind: 'truncate' }
  | { readonly kind: 'alter'; readonly body: string };

/** Decides about the request with this number, from 0; undefined passes it on. */
type Faults = (request: SeenRequest, number: number) => Fault | undefined;

export interface FaultyProxy {
  readonly host: string;
  /** Forgets all requests and sets new faults. Closes connections, so that no request of an ended client arrives later. */
  readonly reset: (faults?: Faults) => void;
  readonly requests: () => readonly SeenRequest[];
  readonly close: () => Promise<void>;
}

/** A proxy on loopback before a registry, which counts requests and makes faults. */
export async function startFaultyProxy(target: string): Promise<FaultyProxy> {
  let faults: Faults = () => undefined;
  let seen: SeenRequest[] = [];
  const server = http.createServer((request, response) => {
    const entry: SeenRequest = { method: request.method!, url: request.url!, status: 0, sent: 0 };
    const fault = faults(entry, seen.length);
    seen.push(entry);
    request.on('data', (chunk: Buffer) => {
      entry.sent += chunk.length;
    });
    request.on('error', () => undefined);
    if (fault?.kind === 'cut') return request.socket.destroy();
    if (fault?.kind === 'hang') return request.resume();
    if (fault?.kind === 'status') {
      entry.status = fault.status;
      request.resume();
      response.writeHead(fault.status, fault.headers).end(fault.body);
      return;
    }
    const [host, port] = target.split(':');
    const { method, url: path, headers } = request;
    const passed = http.request({ host, port, method, path, headers }, (answer) => {
      entry.status = answer.statusCode!;
      if (fault?.kind === 'alter') {
        answer.resume();
        const { 'content-length': _, ...others } = answer.headers;
        response.writeHead(answer.statusCode!, others).end(fault.body);
        return;
      }
      response.writeHead(answer.statusCode!, answer.headers);
      if (fault?.kind !== 'truncate') return answer.pipe(response);
      answer.once('data', (chunk: Buffer) => {
        response.write(chunk.subarray(0, chunk.length / 2), () => response.destroy());
      });
    });
    passed.on('error', () => request.socket.destroy());
    request.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    reset: (next = () => undefined) => {
      server.closeAllConnections();
      faults = next;
      seen = [];
    },
    requests: () => seen,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
