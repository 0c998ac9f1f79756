/** A statement of a requirements file, and the number of its first line. */
export interface LogicalLine {
  readonly line: number;
  readonly text: string;
}

/** Joins lines that end with a backslash and drops comments, as pip does (`pip._internal.req.req_file`). */
export function splitLogicalLines(text: string): LogicalLine[] {
  const found: LogicalLine[] = [];
  let [joined, start] = ['', 0];
  const finish = () => {
    const statement = joined.replace(/(?:^|\s+)#.*$/su, '').trim();
    if (statement !== '') found.push({ line: start, text: statement });
    joined = '';
  };
  text
    .replace(/^\u{feff}/u, '')
    .split(/\r\n|\r|\n/u)
    .forEach((line, index) => {
      if (joined === '') start = index + 1;
      const comment = /^\s*#/u.test(line);
      const continues = line.endsWith('\\') && !comment;
      joined += continues ? line.replace(/^\\+|\\+$/gu, '') : comment ? ` ${line}` : line;
      if (!continues) finish();
    });
  finish();
  return found;
}

/** Splits the text after a name into version (or `@ address`) and marker. The marker's string literals are removed. */
export function readMarker(rest: string): { readonly version: string; readonly marker: string } {
  const end = rest.startsWith('@') ? rest.search(/\s;/u) : rest.indexOf(';');
  if (end < 0) return { version: rest.trim(), marker: '' };
  return {
    version: rest.slice(0, end).trim(),
    marker: rest.slice(end).replaceAll(/'[^']*'|"[^"]*"/gu, '""'),
  };
}

/** Whether a URL is that of a wheel; a fragment may follow. */
export function isOneWheel(url: string): boolean {
  return /^https?:\/\/\S+\.whl(?:#\S*)?$/u.test(url);
}
