import { spawn } from 'node:child_process';
import { compileFixture } from './goFixture';

/** An account of the registry, and what it may do. */
export interface Account {
  readonly password: string;
  readonly readOnly?: boolean;
  /** Bytes that it may upload, and the status of an upload beyond. */
  readonly quota?: number;
  readonly quotaStatus?: number;
}

/** A real registry with the referrers API (go-containerregistry) on loopback. */
export interface ReferrersRegistry {
  readonly host: string;
  readonly stop: () => Promise<void>;
}

export async function startReferrersRegistry(
  accounts: Readonly<Record<string, Account>>,
): Promise<ReferrersRegistry> {
  const program = compileFixture('referrers-registry', ['go.mod', 'go.sum', 'main.go']);
  const child = spawn(program, [JSON.stringify(accounts)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const host = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (line) => resolve(String(line).trim()));
    child.once('exit', () => reject(new Error('the registry ended')));
  });
  return {
    host,
    stop: () => {
      child.stdin.end();
      return ended;
    },
  };
}
