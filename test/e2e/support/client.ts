import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { clientPath } from './base';
import { type Argv, run } from './run';

export interface Answer {
  readonly code: string;
  readonly text?: string;
  // biome-ignore lint/suspicious/noExplicitAny: a message in protobuf's JSON form, whose shape the proto file says
  readonly message?: any;
  readonly elapsedMs: number;
}

const keyValue = 'prism.keyvalue.v1.KeyValue';

/** A gRPC connection: a process of our Go client, one line for each call. */
export class Client {
  readonly #child: ChildProcess;
  readonly #waiting: ((answer: Answer) => void)[] = [];

  constructor(target: string) {
    this.#child = spawn(clientPath(), ['call', target], { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: this.#child.stdout! });
    lines.on('line', (line) => this.#waiting.shift()?.(JSON.parse(line)));
    lines.on('close', () => {
      for (const settle of this.#waiting) settle({ code: 'CLIENT_ENDED', elapsedMs: 0 });
    });
  }

  call(method: string, message: object = {}, metadata: Record<string, string> = {}, timeoutMs = 10_000) {
    return new Promise<Answer>((resolve) => {
      this.#waiting.push(resolve);
      this.#child.stdin!.write(`${JSON.stringify({ method, message, metadata, timeoutMs })}\n`);
    });
  }

  /** A call of the KeyValue service in a namespace. */
  kv(namespace: string, method: string, message: object = {}): Promise<Answer> {
    return this.call(`${keyValue}/${method}`, message, { 'x-prism-namespace': namespace });
  }

  /** The same call, which must succeed. */
  async ok(namespace: string, method: string, message: object = {}) {
    const answer = await this.kv(namespace, method, message);
    if (answer.code !== 'OK') throw new Error(`${method}: ${answer.code} ${answer.text}`);
    return answer.message;
  }

  /** The state that grpc.health.v1 gives for a service. */
  async health(service = ''): Promise<string> {
    const answer = await this.call('grpc.health.v1.Health/Check', { service });
    return answer.message?.status ?? answer.code;
  }

  close(): void {
    this.#child.stdin!.end();
    this.#child.kill();
  }
}

export const base64 = (text: string | Uint8Array) => Buffer.from(text).toString('base64');

/** Milliseconds from exec to ready, for each run. */
export async function measureReady(
  kind: 'http' | 'grpc',
  address: string,
  runs: number,
  program: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<number[]> {
  // Raises the priority if allowed, so that other load on the machine disturbs the measurement less.
  const urgent = process.getuid?.() === 0 ? ['nice', '-n', '-15'] : ['env'];
  const argv = [...urgent, clientPath(), 'ready', kind, address, String(runs), ...program];
  return JSON.parse(await run(argv as unknown as Argv, { env: { PATH: process.env.PATH, ...env } }));
}
