import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The directory of this run; created by the global set-up, removed by the global teardown. */
export function base(): string {
  const directory = process.env.PRISM_E2E_BASE;
  if (directory) return directory;
  mkdirSync(tmpdir(), { recursive: true });
  process.env.PRISM_E2E_BASE = mkdtempSync(join(tmpdir(), 'prism-e2e-'));
  return process.env.PRISM_E2E_BASE;
}

/** The compiled gRPC client. */
export function clientPath(): string {
  return join(base(), 'client');
}
