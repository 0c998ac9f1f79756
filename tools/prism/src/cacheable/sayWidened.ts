import * as fs from 'node:fs';
import { join } from 'node:path';
import type { Widened } from '@prism-build/builder';
import { readTextIfThere, writeFileAtomic } from '@prism-build/shell';
import { editJson, readJson } from '../generate/shared/json';

/**
 * Reports what a compile read that its key does not cover, and writes it into the project's settings for the next key:
 * project.json, or package.json if there is no project.json.
 */
export function sayWidened(
  root: string,
  directory: string,
  project: string,
  { alsoReads, files }: Widened,
): string {
  const named =
    files.length > 3 ? `${files.slice(0, 3).join(', ')} and ${files.length - 3} more` : files.join(', ');
  const what = `compile reads files of the context that its sources do not name${named === '' ? '' : `: ${named}`}`;
  const option = `"alsoReads": ${JSON.stringify(alsoReads)}`;
  const written = writeOption(root, directory, project, alsoReads);
  const then =
    written === undefined
      ? `to do: write ${option} to targets.compile.options in ${join(directory, 'project.json')}`
      : `wrote ${option} to the options of compile in ${written}; commit it`;
  return `${project}: not cached: ${what}\n  ${then}\n`;
}

function writeOption(
  root: string,
  directory: string,
  project: string,
  alsoReads: readonly string[],
): string | undefined {
  const own = join(directory, 'project.json');
  const manifest = join(directory, 'package.json');
  const inManifest = !fs.existsSync(join(root, own)) && fs.existsSync(join(root, manifest));
  const file = inManifest ? manifest : own;
  const text = readTextIfThere(join(root, file)) ?? `{\n  "name": ${JSON.stringify(project)}\n}\n`;
  const place = [...(inManifest ? ['nx'] : []), 'targets', 'compile', 'options', 'alsoReads'];
  const value = readJson(text, file);
  if (!value.ok) return undefined;
  const before = place.reduce<unknown>(
    (at, name) => (at as Record<string, unknown> | undefined)?.[name],
    value.value,
  );
  const known = Array.isArray(before) ? before : [];
  const edited = editJson(text, file, [[place, [...new Set([...known, ...alsoReads])]]]);
  if (!edited.ok) return undefined;
  try {
    fs.mkdirSync(join(root, directory), { recursive: true });
    writeFileAtomic(join(root, file), edited.value);
    return file;
  } catch {
    return undefined;
  }
}
