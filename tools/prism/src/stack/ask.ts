import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { connect } from 'node:net';
import { podmanPods } from '@prism-build/engine';
import { askGrpcHealth, type Run, within } from '@prism-build/shell';
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
  if (question.kind === 'tcp') return askTcp(hostPort, timeout);
  if (question.kind === 'grpc')
    return askGrpcHealth({ host: loopback, port: hostPort, service: question.service }, timeout);
  return askHttp(question, hostPort, timeout);
}

function askTcp(port: number, timeout: number): Promise<string | undefined> {
  return within(timeout, (end) => {
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
): Promise<string | undefined> {
  return within(timeout, (end) => {
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
