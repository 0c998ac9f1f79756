import { createHash } from 'node:crypto';

/** A file that Nx never hashes, with a digest of its contents. */
export interface PassedOver {
  readonly path: string;
  readonly contents: string;
}

export interface Link {
  readonly path: string;
  readonly target: string;
}

interface Found {
  readonly executable: readonly string[];
  readonly links: readonly Link[];
  readonly empty: readonly string[];
  readonly passedOver: readonly PassedOver[];
}

/** Longer lists are replaced by counts and a digest. */
const mostNamed = 32;

/** Facts about files as a short, sorted option of a target. Different facts give different lists. */
export function summarise({ executable, links, empty, passedOver }: Found): string[] {
  const named = [
    ...executable.map((path) => `${quote(path)}*`),
    ...links.map(({ path, target }) => `${quote(path)} -> ${quote(target)}`),
    ...empty.map((path) => `${quote(path)}/`),
  ].sort();
  return [
    ...(named.length <= mostNamed ? named : [`${count({ executable, links, empty })}, ${digest(named)}`]),
    ...(passedOver.length > 0
      ? [`${plural(passedOver.length, 'file', 'files')} that Nx passes over, ${digestFiles(passedOver)}`]
      : []),
  ];
}

/** Quotes names with special characters, so different facts never look alike. */
function quote(name: string): string {
  return /^[\w./@+-]+$/.test(name) ? name : JSON.stringify(name);
}

function count({ executable, links, empty }: Omit<Found, 'passedOver'>): string {
  return [
    plural(executable.length, 'executable file', 'executable files'),
    plural(links.length, 'link', 'links'),
    plural(empty.length, 'empty directory', 'empty directories'),
  ].join(', ');
}

function plural(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

function digestFiles(files: readonly PassedOver[]): string {
  return digest(files.map(({ path, contents }) => `${path}\0${contents}`).sort());
}

function digest(lines: readonly string[]): string {
  return `sha256:${createHash('sha256').update(lines.join('\0')).digest('hex')}`;
}
