/** The relation between a path that is read and a path that a target makes. */
export type Relation = 'inside' | 'around' | 'apart';

/** Special characters of Nx's and of Docker's patterns. */
const special = /[*?[\]{}()!+@\\]/;

/**
 * Compares two workspace-relative paths, either of which may be a pattern and includes everything below it.
 *
 * @returns `inside` if the source may be the output or inside it, `around` if the output may be inside the source.
 * Patterns that cannot be compared exactly count as overlapping: an unneeded dependency is never wrong.
 */
export function relate(source: string, output: string): Relation {
  const relations = new Set<Relation>();
  meet(splitPath(source), 0, splitOutput(output), 0, relations);
  return relations.has('inside') ? 'inside' : relations.has('around') ? 'around' : 'apart';
}

/** Whether a literal path matches a pattern, or is below a match. */
export function matches(path: string, pattern: string): boolean {
  return relate(path, pattern) === 'inside';
}

/** A path or pattern with Nx's other special characters replaced by wider ones. */
export function toGlob(path: string): string {
  return splitPath(path)
    .map((part) => (special.test(part) && part !== '**' ? part.replaceAll(/[?[\]{}()!+@\\]+/g, '*') : part))
    .join('/');
}

function splitPath(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}

/** `dist/**` covers the same files as the directory `dist`. */
function splitOutput(output: string): string[] {
  return splitPath(output.replace(/\/\*\*(\/\*)?$/, ''));
}

function meet(
  source: readonly string[],
  at: number,
  output: readonly string[],
  to: number,
  found: Set<Relation>,
): void {
  if (to === output.length) return void found.add('inside');
  if (at === source.length) return void found.add('around');
  const [one, other] = [source[at]!, output[to]!];
  if (one === '**' || other === '**') {
    if (one === '**') meet(source, at + 1, output, to, found);
    if (other === '**') meet(source, at, output, to + 1, found);
    if (one !== '**') meet(source, at + 1, output, to, found);
    if (other !== '**') meet(source, at, output, to + 1, found);
    return;
  }
  if (meetNames(one, other)) meet(source, at + 1, output, to + 1, found);
}

function meetNames(one: string, other: string): boolean {
  if (one === other) return true;
  if (!special.test(one)) return special.test(other) && toExpression(other).test(one);
  if (!special.test(other)) return toExpression(one).test(other);
  const [first, second] = [endsOf(one), endsOf(other)];
  return (
    agree(first.start, second.start, (longer, shorter) => longer.startsWith(shorter)) &&
    agree(first.end, second.end, (longer, shorter) => longer.endsWith(shorter))
  );
}

function agree(one: string, other: string, holds: (longer: string, shorter: string) => boolean): boolean {
  return one.length > other.length ? holds(one, other) : holds(other, one);
}

/** The text before the first and after the last special character of a pattern. */
function endsOf(pattern: string): { readonly start: string; readonly end: string } {
  const first = pattern.search(special);
  const last = pattern.length - [...pattern].reverse().join('').search(special);
  return { start: pattern.slice(0, first), end: pattern.slice(last) };
}

/** Keeps `*` and `?`; other special characters match anything. */
function toExpression(pattern: string): RegExp {
  const simple = !/[[\]{}()!+@\\]/.test(pattern);
  const { start, end } = endsOf(pattern);
  const quote = (text: string) => text.replaceAll(/[.$^|/]/g, '\\$&');
  if (!simple) return new RegExp(`^${quote(start)}.*${quote(end)}$`, 'su');
  return new RegExp(`^${quote(pattern).replaceAll('*', '.*').replaceAll('?', '.')}$`, 'su');
}
