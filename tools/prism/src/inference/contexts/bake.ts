import { readPairs, readSettings } from './settings';
import type { StatedBuild } from './stated';

export const isBakeFile = (file: string): boolean => /(^|\/)docker-bake(\.[^/]+)?\.(hcl|json)$/.test(file);

interface Target {
  readonly context?: string;
  readonly dockerfile?: string;
  /** Whether the Containerfile is in the Bake file. */
  readonly inline?: boolean;
  readonly inherits?: readonly string[];
  readonly target?: string;
  readonly args?: Table;
  readonly contexts?: Table;
  readonly labels?: Table;
}

type Table = Readonly<Record<string, string | undefined>>;

/**
 * The targets of a Bake file, in HCL or JSON. Values that are not plain text are unknown, and not guessed.
 *
 * @param whole whether no other file is merged with this one; otherwise a context that is not set is unknown
 */
export function readBake(text: string, whole = true): StatedBuild[] {
  const targets = text.trimStart().startsWith('{') ? readJson(text) : readHcl(text);
  return [...targets.keys()].flatMap((name): StatedBuild[] => {
    const { context = whole ? '.' : '', dockerfile, inline, ...others } = inherit(targets, name, []);
    if (context === '' || dockerfile === '' || inline) return [];
    const settings = readSettings(others);
    return [{ name: `target ${name}`, context, containerfile: dockerfile, from: 'context', settings }];
  });
}

/** A target merged over those that it inherits; the last of these wins, and tables are merged by name. */
function inherit(targets: ReadonlyMap<string, Target>, name: string, seen: readonly string[]): Target {
  const target = targets.get(name);
  if (!target || seen.includes(name)) return {};
  const bases = (target.inherits ?? []).map((base) => inherit(targets, base, [...seen, name]));
  const all = [...bases, target];
  const merged = (table: 'args' | 'contexts' | 'labels'): Table =>
    Object.assign({}, ...all.map((one) => one[table]));
  const tables = { args: merged('args'), contexts: merged('contexts'), labels: merged('labels') };
  return Object.assign({}, ...all, tables);
}

function readJson(text: string): ReadonlyMap<string, Target> {
  const { target = {} } = JSON.parse(text) as { target?: Record<string, Record<string, unknown>> };
  const plain = (value: unknown) =>
    typeof value === 'string' ? plainText(value) : value === undefined ? undefined : '';
  return new Map(
    Object.entries(target).map(([name, one]) => {
      const { context, dockerfile, inherits, target: stage, args, contexts, labels } = one;
      const names = Array.isArray(inherits) ? inherits.filter(isText) : [];
      return [
        name,
        {
          ...targetOf(plain(context), plain(dockerfile), names, plain(stage)),
          ...('dockerfile-inline' in one && { inline: true }),
          args: readPairs(args),
          contexts: readPairs(contexts),
          labels: readPairs(labels),
        },
      ];
    }),
  );
}

const isText = (value: unknown): value is string => typeof value === 'string';

/** `''` replaces a text with a variable: present, but unknown. */
const plainText = (value: string): string => (value.includes('${') ? '' : value);

function targetOf(
  context: string | undefined,
  dockerfile: string | undefined,
  inherits: readonly string[],
  stage: string | undefined,
): Target {
  return {
    ...(stage !== undefined && { target: stage }),
    ...(context !== undefined && { context }),
    ...(dockerfile !== undefined && { dockerfile }),
    inherits,
  };
}

/** Comments, heredocs, texts, names, line ends and all other characters of HCL's native syntax. */
const tokens =
  /#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\/|<<-?\s*(\w+)\n[\s\S]*?\n\s*\1\b|"(?:[^"\\]|\\.)*"|[\w.-]+|\n|[^\s]/g;

/** Blocks `target "<name>" { … }` with their attributes. */
function readHcl(text: string): ReadonlyMap<string, Target> {
  const words = [...text.matchAll(tokens)]
    .map(([word]) => word)
    .filter((word) => !/^(#|\/\/|\/\*)/.test(word));
  const targets = new Map<string, Target>();
  let depth = 0;
  for (const [index, word] of words.entries()) {
    if (depth === 0 && word === 'target' && words[index + 2] === '{') {
      const attributes = readAttributes(words.slice(index + 3));
      const inherits = (attributes.get('inherits') ?? []).flatMap((one) => unquote(one) ?? []);
      const textOf = (name: string) => toText(attributes.get(name));
      const tableOf = (name: string) => toTable(attributes.get(name) ?? []);
      targets.set(unquote(words[index + 1]!) ?? words[index + 1]!, {
        ...targetOf(textOf('context'), textOf('dockerfile'), inherits, textOf('target')),
        ...(attributes.has('dockerfile-inline') && { inline: true }),
        args: tableOf('args'),
        contexts: tableOf('contexts'),
        labels: tableOf('labels'),
      });
    }
    depth += depthOf(word);
  }
  return targets;
}

/** The attributes of a block by name, each with the words of its value, up to the end of the block. */
function readAttributes(words: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const attributes = new Map<string, string[]>();
  let current: string[] | undefined;
  let depth = 0;
  for (const [index, word] of words.entries()) {
    if (depth === 0 && word === '}') break;
    if (depth === 0 && word === '\n') current = undefined;
    else if (depth === 0 && words[index + 1] === '=' && !current) {
      current = [];
      attributes.set(word, current);
    } else if (word !== '\n' && !(word === '=' && current?.length === 0)) current?.push(word);
    depth += depthOf(word);
  }
  return attributes;
}

/** `{ a = "x", "b" = y }`; values that are expressions are undefined. */
function toTable(words: readonly string[]): Table {
  const found: [string, string | undefined][] = [];
  let depth = 0;
  for (const [index, word] of words.entries()) {
    if (depth === 1 && (words[index + 1] === '=' || words[index + 1] === ':')) {
      const end =
        words[index + 3] === undefined || /^[,}]$/.test(words[index + 3]!) || isKey(words, index + 3);
      found.push([unquote(word) ?? word, end ? toText([words[index + 2]!]) || undefined : undefined]);
    }
    depth += depthOf(word);
  }
  return Object.fromEntries(found);
}

function isKey(words: readonly string[], index: number): boolean {
  return words[index + 1] === '=' || words[index + 1] === ':';
}

function depthOf(word: string): number {
  if (/^[{[(]$/.test(word)) return 1;
  return /^[}\])]$/.test(word) ? -1 : 0;
}

/** `''` if the value is an expression. */
function toText(value: readonly string[] | undefined): string | undefined {
  if (value === undefined) return undefined;
  const text = value.length === 1 ? unquote(value[0]!) : undefined;
  return plainText(text ?? '');
}

function unquote(word: string): string | undefined {
  return /^"((?:[^"\\]|\\.)*)"$/.exec(word)?.[1];
}
