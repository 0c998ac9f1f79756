import { failed, ok, type Result } from '@prism-build/errors';
import { getNodeValue, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { invalid, type Located, type Path } from './located';

/** Reads JSON, with comments as in nx.json. Failures: those of `refuse`, with line, also for names that come twice. */
export function readJson(text: string, file: string, refuse = invalid): Result<Located> {
  const starts = lineStarts(text);
  const lineAt = (offset: number) => starts.filter((start) => start <= offset).length;
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { allowTrailingComma: false, disallowComments: false });
  const [error] = errors;
  if (error || !tree) {
    const why = error ? printParseErrorCode(error.error) : 'it is empty';
    return failed(refuse(file, lineAt(error?.offset ?? 0), `${file} is not JSON`, why));
  }
  const twice = findTwice(tree);
  if (twice) return failed(refuse(file, lineAt(twice.offset), `${getNodeValue(twice)} is there twice`));
  const lineOf = (path: Path) => lineAt(nearest(tree, path).offset);
  return ok({ file, value: getNodeValue(tree), lineOf, refuse });
}

function lineStarts(text: string): number[] {
  return [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
}

function nearest(tree: Node, path: Path): Node {
  let node = tree;
  for (const key of path) {
    const next =
      node.type === 'array'
        ? node.children?.[Number(key)]
        : node.children?.find(({ children }) => children?.[0]?.value === key);
    if (!next) return node;
    node = next.type === 'property' ? (next.children?.[1] ?? next) : next;
  }
  return node;
}

function findTwice(node: Node): Node | undefined {
  const names =
    node.type === 'object' ? (node.children ?? []).flatMap(({ children }) => children?.[0] ?? []) : [];
  const seen = new Set<unknown>();
  for (const name of names) {
    if (seen.has(name.value)) return name;
    seen.add(name.value);
  }
  for (const child of node.children ?? []) {
    const found = findTwice(child);
    if (found) return found;
  }
  return undefined;
}
