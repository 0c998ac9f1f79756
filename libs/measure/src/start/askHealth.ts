import { get } from 'node:http';
import { connect } from 'node:http2';
import type { Probe } from './parseProbe';

type Address<Kind> = Extract<Probe, { readonly kind: Kind }>;

/** Milliseconds that a component has for one answer. */
const PATIENCE = 2000;

/** Whether an HTTP server answers with a status of success. A refused connection is an answer at once. */
export function askHttp({ host, port, path }: Address<'http'>): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ host, port, path, agent: false, timeout: PATIENCE }, (response) => {
      response.resume();
      resolve(response.statusCode !== undefined && response.statusCode >= 200 && response.statusCode < 300);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });
}

/** HealthCheckResponse.status of grpc.health.v1: field 1, a varint. */
const SERVING = Buffer.from([0x08, 0x01]);

/** Whether a server says SERVING (grpc.health.v1.Health/Check, over HTTP/2 without TLS). */
export function askGrpc({ host, port, service }: Address<'grpc'>): Promise<boolean> {
  return new Promise((resolve) => {
    const session = connect(`http://${host}:${port}`);
    const end = (ready: boolean) => {
      session.destroy();
      resolve(ready);
    };
    session.on('error', () => end(false)).setTimeout(PATIENCE, () => end(false));
    const stream = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    const parts: Buffer[] = [];
    stream.on('data', (part: Buffer) => parts.push(part));
    stream.on('error', () => end(false));
    // The first five bytes are the compression flag and the length.
    stream.on('end', () => end(Buffer.concat(parts).subarray(5).equals(SERVING)));
    stream.end(encodeRequest(service));
  });
}

/** HealthCheckRequest as a message of gRPC: field 1 is the name of the service; empty for the whole server. */
function encodeRequest(service: string): Buffer {
  const name = Buffer.from(service).subarray(0, 127);
  const message = name.length === 0 ? name : Buffer.concat([Buffer.from([0x0a, name.length]), name]);
  return Buffer.concat([Buffer.from([0, 0, 0, 0, message.length]), message]);
}
