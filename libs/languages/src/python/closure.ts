import { parentOf } from '@prism-build/containerfile';
import {
  below,
  Collector,
  joinInside,
  type Reading,
  type ReadingRequest,
  type SourceReader,
  upwards,
} from '../closure';
import { readLocks } from './lockFiles';
import { pipSettings } from './settings';
import { statements } from './versions';

/** What the Python compile program reads: the requirements, and the packages and files that the command names. */
export function readPythonClosure(request: ReadingRequest, reader: SourceReader): Reading {
  const { recognised, working } = request;
  const out = new Collector(['.pyc']);
  // Python's standard library is in the builder.
  if (recognised.flags.library !== undefined) return out.finish();
  for (const path of listLocks(request, reader)) out.add({ kind: 'file', path });
  for (const path of listLinks(request, reader)) out.add({ kind: 'tree', path }, { kind: 'file', path });
  const units = recognised.units.map((unit) => joinInside(working, unit)!);
  const files = new Map(units.map((unit) => [unit, listFiles(unit, reader)]));
  for (const path of units) {
    out.add({ kind: 'tree', path }, { kind: 'file', path });
    // Bytecode without a source is a module or data. Bytecode in __pycache__ is left by earlier runs.
    for (const file of files.get(path)!) if (file.endsWith('.pyc')) out.keep(file);
  }
  for (const path of [...listStatements(request), ...pipSettings]) out.add({ kind: 'file', path });
  // A package counts as a whole, whatever is imported. Imports only show which package uses which.
  if (units.length > 1)
    for (const unit of units) {
      const roots = [...new Set([working, parentOf(unit)])];
      for (const file of files.get(unit)!.filter((one) => one.endsWith('.py')))
        for (const imported of reader.facts(file, 'python-imports', listImports) ?? []) {
          const paths = roots.map((root) => below(root, imported.replaceAll('.', '/')));
          const found = units.find(
            (one) => one !== unit && paths.some((path) => `${path}/`.startsWith(`${one}/`)),
          );
          if (found !== undefined) out.use(file, found);
        }
    }
  return out.finish();
}

/** The lock that the command names and the files that it includes. The named lock is listed even if it does not exist. */
export function listLocks({ recognised, working }: ReadingRequest, reader: SourceReader): string[] {
  const { requirements } = recognised.flags;
  if (requirements === undefined) return [];
  const lock = joinInside(working, requirements)!;
  return [...new Set([lock, ...readLocks(lock, reader).files.map(({ path }) => path)])];
}

function listLinks(request: ReadingRequest, reader: SourceReader): string[] {
  const { requirements } = request.recognised.flags;
  if (requirements === undefined) return [];
  const { files } = readLocks(joinInside(request.working, requirements)!, reader);
  return files.flatMap(({ path, links }) =>
    links.flatMap(({ name }) => joinInside(parentOf(path), name) ?? []),
  );
}

/** Where the sources may state their Python: beside the units and the command, and above. */
function listStatements({ recognised, working }: ReadingRequest): string[] {
  const directories = [working, ...recognised.units.map((unit) => joinInside(working, unit)!)].flatMap(
    upwards,
  );
  return [...new Set(directories)].flatMap((directory) => statements.map((name) => below(directory, name)));
}

/** The files of a unit, as far as the reader lists them, without bytecode of earlier runs. */
function listFiles(unit: string, reader: SourceReader): string[] {
  if (unit.endsWith('.py')) return [unit];
  return reader.list(unit).flatMap(({ name, directory }) => {
    const path = below(unit, name);
    if (directory) return name === '__pycache__' ? [] : listFiles(path, reader);
    return [path];
  });
}

/** The modules that a module imports by absolute name. Text that only looks like an import is harmless. */
export function listImports(text: string): string[] {
  const statements = text.matchAll(/^[ \t]*(?:from[ \t]+(\w[\w.]*)[ \t]+import\b|import[ \t]+(\w.*))/gmu);
  const names = [...statements].flatMap(([, from, imported = '']) =>
    from === undefined ? imported.split(',').map((one) => /^\s*([\w.]*)/u.exec(one)![1]!) : [from],
  );
  return [...new Set(names.filter(Boolean))];
}
