import { below, type SourceReader } from '../closure';
import type { Target } from '../language';
import type { Package } from './closure';
import { constraintHolds, nameFits } from './constraint';
import { parseGoFile } from './sourceFile';

/** A package of this tree whose files differ without cgo. */
export interface LeftOut {
  readonly package: Package;
  /** Files of the tree that are compiled only with cgo; one with `import "C"` comes first. */
  readonly files: readonly string[];
  /** Names of files that are compiled only because cgo is off. */
  readonly standIns: readonly string[];
}

/** What a package loses without cgo, on any of the targets; undefined if nothing. */
export function findLeftOut(
  one: Package,
  targets: readonly Target[],
  tags: readonly string[],
  reader: SourceReader,
): LeftOut | undefined {
  const files: { readonly path: string; readonly imports: boolean }[] = [];
  const standIns: string[] = [];
  for (const { name, directory } of reader.list(one.directory)) {
    if (directory || !name.endsWith('.go') || name.endsWith('_test.go') || /^[._]/.test(name)) continue;
    const path = below(one.directory, name);
    const file = reader.facts(path, 'go', parseGoFile);
    if (!file) continue;
    const needsC = file.imports.includes('C');
    const holds = (target: Target, ...more: string[]) =>
      file.build === undefined || constraintHolds(file.build, target, [...tags, ...more]) !== false;
    for (const target of targets.filter((target) => nameFits(name, target))) {
      const [withCgo, without] = [holds(target, 'cgo'), holds(target) && !needsC];
      if (withCgo && !without) files.push({ path, imports: needsC });
      if (without && !withCgo) standIns.push(name);
    }
  }
  if (files.length === 0) return undefined;
  const sorted = [...files.filter(({ imports }) => imports), ...files.filter(({ imports }) => !imports)];
  return {
    package: one,
    files: [...new Set(sorted.map(({ path }) => path))],
    standIns: [...new Set(standIns)],
  };
}
