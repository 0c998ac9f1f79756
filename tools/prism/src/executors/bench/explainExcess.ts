import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { ok, type Result } from '@prism-build/errors';
import {
  type Change,
  type Contents,
  compareParts,
  type JudgedBudget,
  printChange,
} from '@prism-build/measure';
import type { ComparedImage } from './comparedImage';
import { findImporters } from './findImporters';

const SHOWN = 5;

/** What an explanation is made of. */
export interface Explained {
  readonly project: string;
  readonly contents: ReadonlyMap<string, Contents>;
  readonly baseline: ComparedImage | undefined;
  readonly context: ExecutorContext;
}

/**
 * What grew, by package, on the platform of a budget of size, one line each; without an image to compare with, the largest
 * packages. Go packages come with the file that imports them.
 */
export async function explainExcess(
  { platform }: JudgedBudget,
  { project, contents, baseline, context }: Explained,
): Promise<Result<string>> {
  const now = contents.get(platform ?? '')?.parts ?? [];
  const before = await baseline?.contentsOf(platform ?? '');
  if (before && !before.ok) return before;
  const known = before?.value.parts;
  const changes = compareParts(known ?? [], now).filter(({ before, after }) => after > before);
  const shown = changes.filter(({ kind }) => kind !== 'overhead').slice(0, SHOWN);
  const directory = join(context.root, context.projectsConfigurations?.projects[project]?.root ?? '.');
  const go = shown.filter(({ kind }) => kind === 'go').map(({ name }) => name);
  const importers = go.length > 0 ? findImporters(directory, go) : new Map<string, string>();
  const lines = shown.map(
    (change) => `${describe(change, known !== undefined)}${importedBy(change, importers)}`,
  );
  return ok(lines.join('\n'));
}

/** Without an earlier image nothing is new. */
function describe(change: Change, compared: boolean): string {
  const text = printChange(change);
  return compared ? text : text.replace(/^\+/, '').replace(/ \(new\)$/, '');
}

function importedBy({ kind, name }: Change, importers: ReadonlyMap<string, string>): string {
  const file = kind === 'go' ? importers.get(name) : undefined;
  return file === undefined ? '' : `, imported by ${file}`;
}
