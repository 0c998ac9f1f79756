import { type Failure, failed, ok, type Result, stackFailure } from '@prism-build/errors';
import { isMap, isNode, LineCounter, parseAllDocuments } from 'yaml';

export type Path = readonly PropertyKey[];

/** A document of a file of which every value has a line. */
export interface Located {
  readonly file: string;
  readonly value: unknown;
  /** The line of the value at a path, or of the nearest one around it; counts from 1. */
  readonly lineOf: (path: Path) => number;
  /** The line of the name at the end of a path. */
  readonly lineOfKey: (path: Path) => number;
}

/** The documents of a YAML file; empty ones are left out. Failure: STACK_NOT_YAML, with line, also for keys that come twice. */
export function readDocuments(text: string, file: string): Result<Located[]> {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, {
    lineCounter: lines,
    uniqueKeys: true,
    strict: true,
    logLevel: 'silent',
  });
  // An empty text is not an array of documents.
  const documents = Array.isArray(parsed) ? parsed : [];
  const lineAt = (offset: number) => lines.linePos(offset).line;
  const refuse = (what: string, line: number, why?: string): Failure =>
    stackFailure('STACK_NOT_YAML', { what, why, at: { file, line } });
  const failures = documents.flatMap(({ errors, warnings }) =>
    [...errors, ...warnings].map(({ pos, message }) =>
      refuse(`${file} cannot be read as YAML`, lineAt(pos[0]), message.split('\n')[0]),
    ),
  );
  if (failures.length > 0) return failed(...failures);
  try {
    return ok(
      documents
        .filter(({ contents }) => contents !== null && !(isNode(contents) && contents.toJSON() === null))
        .map((document): Located => {
          const start = lineAt(document.contents?.range?.[0] ?? 0);
          const lineOf = (path: Path): number => {
            for (let length = path.length; length > 0; length--) {
              const node = document.getIn(path.slice(0, length), true);
              if (isNode(node) && node.range) return lineAt(node.range[0]);
            }
            return start;
          };
          const lineOfKey = (path: Path): number => {
            const around = path.length > 1 ? document.getIn(path.slice(0, -1), true) : document.contents;
            const pair = isMap(around)
              ? around.items.find(({ key }) => isNode(key) && key.toJSON() === path.at(-1))
              : undefined;
            return isNode(pair?.key) && pair.key.range ? lineAt(pair.key.range[0]) : lineOf(path);
          };
          return { file, value: document.toJS({ maxAliasCount: 100 }), lineOf, lineOfKey };
        }),
    );
  } catch (error) {
    // Aliases that expand without end.
    return failed(refuse(`${file} cannot be read as YAML`, 1, (error as Error).message));
  }
}
