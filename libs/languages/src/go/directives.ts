/** A directive of a go.mod or go.work; each line of a block is one. */
export interface Directive {
  /** `module`, `go`, `toolchain`, `require`, `replace`, `use`, … */
  readonly verb: string;
  readonly values: readonly string[];
  /** Text after `//`, trimmed. */
  readonly comment: string;
  /** Counted from 1. */
  readonly line: number;
}

/**
 * Splits a go.mod or go.work into directives, by the grammar of https://go.dev/ref/mod#go-mod-file-lexical. Returns
 * unknown directives too. Never fails.
 */
export function readDirectives(text: string): Directive[] {
  const directives: Directive[] = [];
  let block = '';
  for (const [index, line] of text.split('\n').entries()) {
    const [code, comment = ''] = splitComment(line);
    const words = (code.match(/"[^"]*"|`[^`]*`|[()]|[^\s()"`]+/g) ?? []).map((word) =>
      word.replace(/^["`]|["`]$/g, ''),
    );
    if (words[0] === ')') block = '';
    else if (words[1] === '(') block = words[0]!;
    else if (words.length > 0) {
      const [verb = '', ...values] = block === '' ? words : [block, ...words];
      directives.push({ verb, values, comment: comment.trim(), line: index + 1 });
    }
  }
  return directives;
}

function splitComment(line: string): [string, string?] {
  const at = line.indexOf('//');
  return at < 0 ? [line] : [line.slice(0, at), line.slice(at + 2)];
}
