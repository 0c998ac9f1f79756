import { createHash } from 'node:crypto';
import type { NxJsonConfiguration } from '@nx/devkit';
import { changesVariable } from './make/changes';
import { type Known, listRehashed } from './make/rehashed';
import type { PluginOptions } from './pluginOptions';
import type { ProjectReads } from './read/reads';

/** What inference was asked. */
export interface Asked {
  readonly found: readonly string[];
  readonly options: PluginOptions | undefined;
  readonly nxJson: NxJsonConfiguration;
}

/** All that was read of a project, as one digest, by the project's name. */
type Summary = ReadonlyMap<string, string>;

interface Said {
  readonly asked: Asked;
  readonly summary: Summary;
}

/** What Nx was told last, by workspace. Its daemon, or the plugin worker of it, answers many commands from that. */
const said = new Map<string, Said>();

/** Only a process that outlives a command can have told Nx something that no longer holds. */
function outlivesCommands(): boolean {
  const { NX_DAEMON, NX_PLUGIN_WORKER } = globalThis as { NX_DAEMON?: boolean; NX_PLUGIN_WORKER?: boolean };
  return Boolean(NX_DAEMON || NX_PLUGIN_WORKER);
}

export function summariseReads(
  components: readonly { readonly name: string; readonly reads: ProjectReads }[],
  known: Known,
): Summary {
  if (!outlivesCommands()) return new Map();
  return new Map(components.map(({ name, reads }) => [name, summarise(reads, known)]));
}

export function keepSaid(workspaceRoot: string, asked: Asked, summary: Summary): void {
  if (outlivesCommands()) said.set(workspaceRoot, { asked, summary });
}

/**
 * Reads all projects again, and names those of which something else would be said now than Nx was told, in variables for
 * the command that begins. A process that has just told Nx everything reads nothing.
 */
export async function recheck(
  workspaceRoot: string,
  read: (asked: Asked) => Promise<Summary>,
): Promise<Record<string, string>> {
  const known = said.get(workspaceRoot);
  if (!known) return {};
  const now = await read(known.asked);
  return compareSummaries(known.summary, now);
}

export function compareSummaries(before: Summary, now: Summary): Record<string, string> {
  const changed = [...now].filter(([name, digest]) => before.get(name) !== digest);
  // Two names may share a variable: it changes with both.
  const variables: Record<string, string> = {};
  for (const [name, digest] of changed) {
    const variable = changesVariable(name);
    variables[variable] = (variables[variable] ?? '') + digest;
  }
  return variables;
}

function summarise(reads: ProjectReads, known: Known): string {
  const { compile, images } = reads;
  const targets = [...(compile ? [compile] : []), ...images];
  // What Nx knows of a file's contents by now it hashes; what is left is told as it is.
  const rehashed = targets.map(({ unhashed }) => listRehashed(unhashed, known));
  const text = JSON.stringify([reads, rehashed], (key, value) => (key === 'restamped' ? undefined : value));
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
