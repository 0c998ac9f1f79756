/** Calls or record literals that open a port. */
interface Call {
  /** Matches up to the parenthesis or brace that opens the address. */
  readonly pattern: RegExp;
  /** The part of it that holds the port, if only one does: its first group. */
  readonly part?: RegExp;
  /** Whether a bare number in it is a port, not a timeout. */
  readonly numbers?: boolean;
}

/** How programs of a language open ports: patterns for its sources. */
export interface Listening {
  readonly calls: readonly Call[];
  /** Patterns that open a port anywhere; the first group is the port. */
  readonly always: readonly RegExp[];
}

/** Ports that clients use by default: a port found through a name is ignored if it is one of these. */
const ofServers = new Set([
  1433, 1521, 2181, 2379, 3306, 4222, 4317, 4318, 5432, 5672, 6379, 8086, 8125, 8500, 9042, 9092, 9200, 11211,
  26257, 27017,
]);
const ofClients =
  /\b(?:dial|connect|redis|postgres|mysql|mongo|amqp|kafka|nats|memcache|upstream|backend|client|requests?\.|fetch|https?:\/\/)/i;
/** Names that may hold an address to listen on. */
const named = /(?:port|addr|address|bind|listen|endpoint)s?$/i;
const deepest = 4;

/** The ports that sources listen on, sorted: from calls that listen, and from the values of names in them. */
export function findPorts(written: readonly string[], { calls, always }: Listening): number[] {
  const texts = written.map(withoutComments);
  const found = texts.flatMap((text) => {
    const own = [text, ...texts.filter((one) => one !== text)];
    const inCalls = calls.flatMap(({ pattern, part, numbers = false }) =>
      [...text.matchAll(pattern)].flatMap((match) => {
        const whole = argumentsAt(text, match.index + match[0].length);
        const counted = part ? (part.exec(whole)?.[1] ?? '') : whole;
        return portsIn(counted, own, new Set(), numbers);
      }),
    );
    const inAll = always.flatMap((pattern) =>
      [...text.matchAll(pattern)]
        .filter((match) => !ofClients.test(lineAt(text, match.index)))
        .map(([, port]) => Number(port)),
    );
    return [...inCalls, ...inAll];
  });
  return [...new Set(found)].filter((port) => port > 0 && port < 65536).sort((a, b) => a - b);
}

/** Ports in an expression, or in the values of its names: in its own file, else in other files. */
function portsIn(
  expression: string,
  texts: readonly string[],
  seen: ReadonlySet<string>,
  numbers: boolean,
): number[] {
  const literal = literalPorts(expression, numbers);
  if (literal.length > 0 || seen.size >= deepest) return literal;
  const names = expression.replace(/"[^"\n]*"|'[^'\n]*'|`[^`]*`/g, ' ').match(/[A-Za-z_]\w*/g) ?? [];
  return [...new Set(names)]
    .filter((name) => named.test(name) && !seen.has(name))
    .flatMap((name) => {
      const inFile = texts.map((text) => definitionsOf(name, text)).find((list) => list.length > 0) ?? [];
      return inFile.flatMap((value) => portsIn(value, texts, new Set([...seen, name]), true));
    })
    .filter((port) => !ofServers.has(port));
}

function literalPorts(expression: string, numbers: boolean): number[] {
  const texts = [...expression.matchAll(/["'`](?:[\w.*[\]-]*:)*(\d{2,5})["'`]/g)].map(([, port]) => port!);
  // An address in parts, such as [0, 0, 0, 0], holds no port.
  const bare = expression.replace(/\[[\d\s,]*\]/g, ' ').replace(/"[^"\n]*"|'[^'\n]*'|`[^`]*`/g, ' ');
  const found = numbers ? (bare.match(/(?<![\w.])\d{2,5}(?![\w.])/g) ?? []) : [];
  return [...texts, ...found].map(Number);
}

/** The values of a name: assignments, fields, defaults of flags and of environment variables. */
function definitionsOf(name: string, text: string): string[] {
  const assigned = new RegExp(
    `(?<!["'\\w])${name}\\b(?:\\s*:\\s*[\\w<>&.]+(?=\\s*=))?[ \\t]*(?::=|=(?![=>])|:(?!:))[ \\t]*([^\\n]+)`,
    'g',
  );
  const flag = new RegExp(`Var\\(\\s*&(?:\\w+\\.)*${name}\\s*,([^\\n]+)`, 'g');
  const tag = new RegExp(`\\b${name}\\s+\\w+\\s+\`[^\`\\n]*[dD]efault:("\\S+?")`, 'g');
  return [assigned, flag, tag].flatMap((pattern) =>
    [...text.matchAll(pattern)].filter((match) => !ofClients.test(match[0])).map(([, value]) => value!),
  );
}

/** The text up to the parenthesis or brace that closes the one before `start`. */
export function argumentsAt(text: string, start: number): string {
  const [opening, closing] = text[start - 1] === '{' ? '{}' : '()';
  let open = 1;
  let at = start;
  for (; at < text.length && open > 0 && at - start < 2000; at++) {
    if (text[at] === opening) open++;
    else if (text[at] === closing) open--;
  }
  return text.slice(start, open === 0 ? at - 1 : at);
}

function lineAt(text: string, index: number): string {
  const start = text.lastIndexOf('\n', index) + 1;
  const end = text.indexOf('\n', index);
  return text.slice(start, end < 0 ? undefined : end);
}

/** Removes comment lines. */
export const withoutComments = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !/^\s*(?:\/\/|#(?!\[)|\*|\/\*)/.test(line))
    .join('\n');
