import { type IncomingMessage, request as requestHttp } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { request as requestHttps } from 'node:https';
import { connect } from 'node:net';
import { podmanPods } from '@prism-build/engine';
import type { Run } from '@prism-build/shell';
import type { Question } from '@prism-build/stack';

/** Where to ask: a port on loopback, or a container. */
export interface Asked {
  /** The host port of the question's port; undefined if it is not published. */
  readonly hostPort: number | undefined;
  readonly container: string;
  readonly call: Run;
}

const loopback = '127.0.0.1';

/** Asks a probe once, from outside of the container. Returns undefined if the answer is good, else why it is not. */
export async function ask(question: Question, asked: Asked, timeout: number): Promise<string | undefined> {
  if (question.kind === 'exec') {
    const ran = await asked.call({ argv: podmanPods.exec(asked.container, question.argv), timeout });
    return ran.ok ? undefined : (ran.failures[0]?.why ?? ran.failures[0]?.what ?? 'it failed');
  }
  const { hostPort } = asked;
  if (hostPort === undefined) return `port ${question.port} is not published`;
  const late = `no answer within ${timeout} ms`;
  if (question.kind === 'tcp') return askTcp(hostPort, timeout, late);
  if (question.kind === 'grpc') return askGrpc(question.service, hostPort, timeout, late);
  return askHttp(question, hostPort, timeout, late);
}

/** The callback ends the question; later calls have no effect. */
type End = (why: string | undefined) => void;

function within(timeout: number, late: string, begin: (end: End) => () => void): Promise<string | undefined> {
  return new Promise((resolve) => {
    const end: End = (why) => {
      clearTimeout(timer);
      resolve(why);
      stop();
    };
    const timer = setTimeout(() => end(late), timeout);
    let stop = () => {};
    stop = begin(end);
  });
}

function askTcp(port: number, timeout: number, late: string): Promise<string | undefined> {
  return within(timeout, late, (end) => {
    const socket = connect(port, loopback);
    socket.on('connect', () => end(undefined)).on('error', ({ message }) => end(message));
    return () => socket.destroy();
  });
}

/** As Kubernetes: 200 to 399 is good, and certificates are not verified. */
function askHttp(
  { scheme, path, headers }: Extract<Question, { kind: 'http' }>,
  port: number,
  timeout: number,
  late: string,
): Promise<string | undefined> {
  return within(timeout, late, (end) => {
    const answer = ({ statusCode = 0 }: IncomingMessage) =>
      end(statusCode >= 200 && statusCode < 400 ? undefined : `the answer has status ${statusCode}`);
    const options = { host: loopback, port, path, headers, agent: false };
    const sent =
      scheme === 'https'
        ? requestHttps({ ...options, rejectUnauthorized: false }, answer)
        : requestHttp(options, answer);
    sent.on('error', ({ message }) => end(message)).end();
    return () => sent.destroy();
  });
}

/** Health/Check of grpc.health.v1, which is good if it says SERVING. */
function askGrpc(service: string, port: number, timeout: number, late: string): Promise<string | undefined> {
  return within(timeout, late, (end) => {
    const session = connectHttp2(`http://${loopback}:${port}`);
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

/** HealthCheckRequest with its gRPC frame: field 1 is the service. */
function encodeCheck(service: string): Buffer {
  const name = Buffer.from(service);
  const message = name.length === 0 ? name : Buffer.concat([Buffer.from([0x0a, name.length]), name]);
  const frame = Buffer.alloc(5);
  frame.writeUInt32BE(message.length, 1);
  return Buffer.concat([frame, message]);
}

const serving = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'];

/** Field 1 of HealthCheckResponse is the status; absent, it is UNKNOWN. */
function judgeHealth(status: string, answer: Buffer): string | undefined {
  if (status !== '0') return status === '' ? 'the answer is not of gRPC' : `grpc-status ${status}`;
  const value = answer.length >= 7 && answer[5] === 0x08 ? answer[6]! : 0;
  return value === 1 ? undefined : `its health is ${serving[value] ?? value}`;
}
