/**
 * The fields of a paragraph of control data (deb822(5)), names as written. A continued field keeps its line ends. Ignores
 * other lines.
 */
export function parseParagraph(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  let last: string | undefined;
  for (const line of text.split('\n')) {
    if (/^[ \t]/.test(line)) {
      if (last !== undefined) fields.set(last, `${fields.get(last)}\n${line}`);
      continue;
    }
    const colon = line.indexOf(':');
    last = colon > 0 ? line.slice(0, colon) : undefined;
    if (last !== undefined) fields.set(last, line.slice(colon + 1).trim());
  }
  return fields;
}

/** The paragraphs of control data, separated by empty lines. */
export function parseParagraphs(text: string): Map<string, string>[] {
  return text
    .split(/\n[ \t]*\n/)
    .map(parseParagraph)
    .filter((fields) => fields.size > 0);
}

/** The names in a field such as `Replaces: a (<< 2), b`. */
export function namesIn(field: string | undefined): string[] {
  return (field ?? '')
    .split(/[,|]/)
    .map((part) => part.trim().split(/[\s(:]/)[0]!)
    .filter((name) => name !== '');
}
