import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { NxJsonConfiguration } from '@nx/devkit';
import { readTextIfThere, writeFileAtomic } from '@prism-build/shell';
import { inferenceIdentity } from '@prism-build/workspace';
import type { PluginOptions } from '../pluginOptions';
import { dataDirectory } from './dataDirectory';

/** The arguments of an inference. */
export interface Asked {
  readonly found: readonly string[];
  readonly options: PluginOptions | undefined;
  readonly nxJson: NxJsonConfiguration;
}

/** All that was read of a project, as one digest, by the project's name. */
export type Summary = ReadonlyMap<string, string>;

/** The last result that Nx got for a workspace. */
export interface Told {
  readonly asked: Asked;
  readonly summary: Summary;
}

/** Whether this is Nx's daemon. */
function isHost(): boolean {
  return Boolean((globalThis as { NX_DAEMON?: boolean }).NX_DAEMON);
}

/** Whether this is a process that Nx runs plugins in, for its daemon or for a command. */
export function isWorker(): boolean {
  return Boolean((globalThis as { NX_PLUGIN_WORKER?: boolean }).NX_PLUGIN_WORKER);
}

/** Only in a process that outlives a command can Nx hold an outdated result. */
export function outlivesCommands(): boolean {
  return isHost() || isWorker();
}

const fileName = /^prism-told-(\d+)\.json$/;

/** @param host the process that asked; others have their own record */
export function writeTold(workspaceRoot: string, host: number, { asked, summary }: Told): void {
  const directory = dataDirectory(workspaceRoot);
  const text = JSON.stringify({ version: inferenceIdentity(), asked, summary: [...summary] });
  try {
    writeFileAtomic(placeOf(directory, host), text);
    for (const name of readdirSync(directory)) {
      const other = Number(fileName.exec(name)?.[1] ?? host);
      if (!isAlive(other)) rmSync(join(directory, name), { force: true });
    }
  } catch {
    // The directory is not writable. Only Nx's daemon needs the record.
  }
}

export function readTold(workspaceRoot: string, host: number): Told | undefined {
  try {
    const text = readTextIfThere(placeOf(dataDirectory(workspaceRoot), host));
    const read = text === undefined ? undefined : JSON.parse(text);
    return read?.version === inferenceIdentity()
      ? { asked: read.asked, summary: new Map(read.summary) }
      : undefined;
  } catch {
    return undefined;
  }
}

function placeOf(directory: string, host: number): string {
  return join(directory, `prism-told-${host}.json`);
}

function isAlive(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
