/** The relation between a path that is read and a path that a target makes. */
export type Relation = 'inside' | 'around' | 'apart';

/** Special characters of Nx's and of Docker's patterns. */
const special = /[*?[\]{}()!+@\\]/;
/** Those that are widened: only `*`, `?` and `**` mean the same in all patterns. */
const complex = /[[\]{}()!+@\\]/;
const betweenComplex = new RegExp(`${complex.source}(?:.*${complex.source})?`, 's');
/** Alternatives of more than one name: `x{a/b,c}`, `@(a/b|c)`. */
const deepAlternatives = /[^/]*(?:\{[^{}]*\/[^{}]*\}|\([^()]*\/[^()]*\))/g;

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

/** A pattern of Nx that matches at least what a path or pattern matches, with no special characters but `*`. */
export function toGlob(path: string): string {
  return splitPath(path)
    .map((part) => (part === '**' ? part : widen(part).replaceAll(/[?*]+/g, '*')))
    .join('/');
}

/** A pattern of one name with `*` in place of everything from its first complex character to its last. */
function widen(pattern: string): string {
  return pattern.replace(betweenComplex, '*');
}

/**
 * Matches at least the names (of files, projects, targets) that a pattern of Nx or Docker matches. Nx has three
 * languages of patterns; none of our uses needs exactness, only that nothing is missed.
 */
export function toWideExpression(pattern: string): RegExp {
  const quoted = widen(pattern).replaceAll(/[.$^|/]/g, '\\$&');
  return new RegExp(`^${quoted.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'su');
}

function splitPath(path: string): string[] {
  const parts = (/[{(]/.test(path) ? path.replaceAll(deepAlternatives, '**/*') : path).split('/');
  return parts.filter((part) => part !== '' && part !== '.');
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
  if (!special.test(one)) return special.test(other) && toWideExpression(other).test(one);
  if (!special.test(other)) return toWideExpression(one).test(other);
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
