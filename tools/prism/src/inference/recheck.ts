import { createHash } from 'node:crypto';
import { changesVariable } from './make/changes';
import { listRehashed, type NxHashes } from './make/rehashed';
import {
  type Asked,
  isWorker,
  outlivesCommands,
  readTold,
  type Summary,
  type Told,
  writeTold,
} from './memory/told';
import type { ProjectReads } from './read/reads';

/** The last result that Nx got, by workspace, in this process. */
const told = new Map<string, Told>();

export function summariseReads(
  components: readonly { readonly name: string; readonly reads: ProjectReads }[],
  known: NxHashes,
): Summary {
  if (!outlivesCommands()) return new Map();
  return new Map(components.map(({ name, reads }) => [name, summarise(reads, known)]));
}

/** Records the result that Nx gets, to compare it when a command begins. */
export function keepTold(workspaceRoot: string, asked: Asked, summary: Summary): void {
  if (!outlivesCommands()) return;
  told.set(workspaceRoot, { asked, summary });
  // Nx ends a worker when it has answered, and starts another one for the next command.
  if (isWorker()) writeTold(workspaceRoot, process.ppid, { asked, summary });
}

/**
 * Reads all projects again, and returns a variable for each whose result differs from the one that Nx has, for the
 * command that begins. A process that does not outlive commands reads nothing.
 */
export async function recheck(
  workspaceRoot: string,
  read: (asked: Asked) => Promise<Summary>,
): Promise<Record<string, string>> {
  if (!outlivesCommands()) return {};
  const known = told.get(workspaceRoot) ?? (isWorker() ? readTold(workspaceRoot, process.ppid) : undefined);
  if (!known) return {};
  const now = await read(known.asked);
  return compareSummaries(known.summary, now);
}

function compareSummaries(before: Summary, now: Summary): Record<string, string> {
  const changed = [...now].filter(([name, digest]) => before.get(name) !== digest);
  // Two names may share a variable: it changes with both.
  const variables: Record<string, string> = {};
  for (const [name, digest] of changed) {
    const variable = changesVariable(name);
    variables[variable] = (variables[variable] ?? '') + digest;
  }
  return variables;
}

function summarise(reads: ProjectReads, known: NxHashes): string {
  const { compile, images } = reads;
  const targets = [...(compile ? [compile] : []), ...images];
  // Files whose contents Nx has meanwhile read are in its hashes; only the others are compared.
  const rehashed = targets.map(({ unhashed }) => listRehashed(unhashed, known));
  const text = JSON.stringify([reads, rehashed], (key, value) => (key === 'restamped' ? undefined : value));
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
