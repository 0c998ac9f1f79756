import { connect } from 'node:http2';
import { within } from './within';

/** A server of grpc.health.v1; the service is empty for the whole server. */
export interface GrpcServer {
  readonly host: string;
  readonly port: number;
  readonly service: string;
}

/** Asks Health/Check over HTTP/2 without TLS. Undefined if it says SERVING within `timeout` milliseconds, else the reason. */
export function askGrpcHealth(
  { host, port, service }: GrpcServer,
  timeout: number,
): Promise<string | undefined> {
  return within(timeout, (end) => {
    const session = connect(`http://${host}:${port}`);
    session.on('error', ({ message }) => end(message));
    const stream = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    const chunks: Buffer[] = [];
    let status = '';
    const note = (headers: NodeJS.Dict<string | string[]>) => {
      status = String(headers['grpc-status'] ?? status);
    };
    stream
      .on('response', note)
      .on('trailers', note)
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('error', ({ message }: Error) => end(message))
      .on('close', () => end(judgeHealth(status, Buffer.concat(chunks))));
    stream.end(encodeCheck(service));
    return () => session.destroy();
  });
}

/** HealthCheckRequest with its gRPC frame: field 1 is the service, with its length as a varint. */
function encodeCheck(service: string): Buffer {
  const name = Buffer.from(service);
  const length = name.length < 128 ? [name.length] : [(name.length & 127) | 128, name.length >> 7];
  const message = name.length === 0 ? name : Buffer.concat([Buffer.from([0x0a, ...length]), name]);
  const frame = Buffer.alloc(5);
  frame.writeUInt32BE(message.length, 1);
  return Buffer.concat([frame, message]);
}

const names = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'];

/** Field 1 of HealthCheckResponse is the status; absent, it is UNKNOWN. */
function judgeHealth(status: string, answer: Buffer): string | undefined {
  if (status !== '0') return status === '' ? 'the answer is not gRPC' : `grpc-status ${status}`;
  const value = answer.length >= 7 && answer[5] === 0x08 ? answer[6]! : 0;
  return value === 1 ? undefined : `its health is ${names[value] ?? value}`;
}
