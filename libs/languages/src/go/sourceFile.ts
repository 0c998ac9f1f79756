/** The parts of a Go file that determine which other files the compiler reads. */
export interface GoFile {
  readonly imports: readonly string[];
  /** Patterns of `//go:embed`, relative to the file's directory. */
  readonly embeds: readonly string[];
  /** The expression of `//go:build`. */
  readonly build?: string;
}

const tokens =
  /\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/|("(?:[^"\\\n]|\\.)*"|`[^`]*`)|([\p{L}_][\p{L}\p{N}_]*)|([();.])/uy;

interface Token {
  readonly text: string;
  readonly kind: 'string' | 'word' | 'sign' | 'comment';
}

/** Reads package clause and imports, as `go list` does; null for a file that Go cannot parse either. */
export function parseGoFile(text: string): GoFile | null {
  const head = new Head(text.replace(/^\ufeff/, ''));
  if (head.next()?.text !== 'package' || head.next()?.kind !== 'word') return null;
  const { build } = head;
  const imports: string[] = [];
  for (let token = head.nextStatement(); token?.text === 'import'; token = head.nextStatement()) {
    const first = head.next();
    if (first?.text !== '(') {
      const path = head.readPath(first);
      if (path === undefined) return null;
      imports.push(path);
      continue;
    }
    for (let spec = head.nextStatement(); spec?.text !== ')'; spec = head.nextStatement()) {
      const path = head.readPath(spec);
      if (path === undefined) return null;
      imports.push(path);
    }
  }
  const embeds = imports.includes('embed') ? readEmbeds(text) : [];
  return { imports, embeds, ...(build !== undefined && { build }) };
}

/** The tokens at the start of a file, without comments and blanks. */
class Head {
  /** The constraint, which stands before the package clause. */
  build: string | undefined;
  private at = 0;

  constructor(private readonly text: string) {}

  next(): Token | undefined {
    for (;;) {
      tokens.lastIndex = this.at;
      const match = tokens.exec(this.text);
      if (!match) return undefined;
      const [text, string, word, sign] = match;
      const lineStart = this.at === 0 || this.text[this.at - 1] === '\n';
      this.at = tokens.lastIndex;
      if (string) return { text: string, kind: 'string' };
      if (word) return { text: word, kind: 'word' };
      if (sign) return { text: sign, kind: 'sign' };
      const [, build] = (lineStart && /^\/\/go:build\s+(.*)$/.exec(text.trimEnd())) || [];
      this.build ??= build;
    }
  }

  nextStatement(): Token | undefined {
    let token = this.next();
    while (token?.text === ';') token = this.next();
    return token;
  }

  /** The path of an import, with or without a name before it. */
  readPath(first: Token | undefined): string | undefined {
    const named = first?.kind === 'word' || first?.text === '.';
    const path = named ? this.next() : first;
    return path?.kind === 'string' ? unquote(path.text) : undefined;
  }
}

function unquote(literal: string): string | undefined {
  if (literal.startsWith('`')) return literal.slice(1, -1);
  try {
    return JSON.parse(literal) as string;
  } catch {
    return undefined;
  }
}

/** Directives are found anywhere in the text. A match inside a string only makes the key wider. */
function readEmbeds(text: string): string[] {
  const lines = [...text.matchAll(/^[ \t]*\/\/go:embed[ \t]+(.*?)\r?$/gm)].map(([, patterns]) => patterns!);
  return lines.flatMap((line) =>
    [...line.matchAll(/"(?:[^"\\]|\\.)*"|`[^`]*`|\S+/g)].map(([pattern]) =>
      /^["`]/.test(pattern) ? (unquote(pattern) ?? pattern) : pattern,
    ),
  );
}
