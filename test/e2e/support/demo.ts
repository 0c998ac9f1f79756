import { join } from 'node:path';
import { engineSettings } from '../../support/engineSettings';
import { run } from './run';
import { nxEnvironment, root } from './workspace';

const env = { ...nxEnvironment, ...engineSettings };

/** As `npm run demo` does, once everything is installed. */
export const demo = (...args: string[]) =>
  run(['node', join(root, 'tools/setup/demo.mjs'), ...args], { cwd: root, env, timeout: 1_500_000 });

/** The cells of the line of a table that begins so. */
export function cellsOf(output: string, label: string): string[] {
  const line = output.split('\n').find((one) => one.startsWith(label));
  return line?.slice(label.length).trim().split(/ {2,}/) ?? [];
}
