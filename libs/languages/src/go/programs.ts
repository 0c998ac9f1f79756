import { below, type SourceReader } from '../closure';
import type { Target } from '../language';
import type { Package } from './closure';
import { constraintHolds, nameFits } from './constraint';
import { parseGoFile } from './sourceFile';

/** Main packages that `go build` would write to one file: only the last one written would remain. */
export interface NameClash {
  /** The file below /out. */
  readonly program: string;
  readonly packages: readonly string[];
}

/** Main packages of a walk whose programs would have the same name. */
export function findNameClashes(
  packages: readonly Package[],
  targets: readonly Target[],
  tags: readonly string[],
  reader: SourceReader,
): NameClash[] {
  const named = new Map<string, string[]>();
  for (const one of packages.filter((each) => isMain(each, targets, tags, reader))) {
    const path = importPathOf(one);
    const program = nameProgram(path);
    named.set(program, [...(named.get(program) ?? []), path]);
  }
  return [...named].flatMap(([program, paths]) =>
    paths.length > 1 ? [{ program, packages: paths.sort() }] : [],
  );
}

/** The name that the go command gives to a program: the last element of its import path that is not a major version. */
function nameProgram(path: string): string {
  const [last = '', above] = path.split('/').reverse();
  return above !== undefined && /^v(?:[2-9]|[1-9]\d+)$/.test(last) ? above : last;
}

function importPathOf({ directory, module }: Package): string {
  if (module === undefined) return directory.replace(/^(?:.*\/)?vendor\//, '');
  const inside = module.directory === '' ? directory : directory.slice(module.directory.length + 1);
  return [module.path, inside].filter(Boolean).join('/');
}

function isMain(
  { directory }: Package,
  targets: readonly Target[],
  tags: readonly string[],
  reader: SourceReader,
): boolean {
  return reader.list(directory).some(({ name, directory: isDirectory }) => {
    if (isDirectory || !name.endsWith('.go') || name.endsWith('_test.go') || /^[._]/.test(name)) return false;
    const path = below(directory, name);
    const build = reader.facts(path, 'go', parseGoFile)?.build;
    const fits = targets.some(
      (target) =>
        nameFits(name, target) && (build === undefined || constraintHolds(build, target, tags) !== false),
    );
    return fits && reader.facts(path, 'go-main', declaresMain) === true;
  });
}

const declaresMain = (text: string): boolean =>
  /^\s*package\s+main\b/m.test(text.replace(/\/\*[\s\S]*?\*\//g, ''));
