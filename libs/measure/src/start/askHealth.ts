import { get } from 'node:http';
import { askGrpcHealth } from '@prism-build/shell';
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

/** Whether a server says SERVING. */
export async function askGrpc(server: Address<'grpc'>): Promise<boolean> {
  return (await askGrpcHealth(server, PATIENCE)) === undefined;
}
