/** A pattern of names, of projects or targets: `*` and `?`; other special characters match anything. */
export function globToExpression(pattern: string): RegExp {
  const wide = pattern.replaceAll(/[[\]{}()!+@]+/g, '*');
  const quoted = wide.replaceAll(/[.$^|\\/]/g, '\\$&');
  return new RegExp(`^${quoted.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'su');
}
