import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { goSettings } from './goSettings';
import { repository } from './plugin';

const sources = join(repository, 'test', 'fixtures', 'referrers-registry');
const cache = process.env.PRISM_CACHE_DIR ?? join(repository, '.prism', 'cache');

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
  const child = spawn(compileRegistry(), [JSON.stringify(accounts)], { stdio: ['pipe', 'pipe', 'inherit'] });
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

/** Compiles the registry, once for each state of its sources. */
function compileRegistry(): string {
  const hash = createHash('sha256');
  for (const name of ['go.mod', 'go.sum', 'main.go']) hash.update(readFileSync(join(sources, name)));
  const program = join(cache, 'tools', `referrers-registry-${hash.digest('hex').slice(0, 16)}`, 'registry');
  if (existsSync(program)) return program;
  mkdirSync(dirname(program), { recursive: true });
  const made = `${program}.${process.pid}`;
  const env = { ...process.env, ...goSettings, GOWORK: 'off' };
  execFileSync('go', ['build', '-ldflags=-s -w', '-o', made, '.'], { cwd: sources, env });
  renameSync(made, program);
  return program;
}
