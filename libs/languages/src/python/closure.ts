import {
  below,
  Collector,
  directoryOf,
  joinInside,
  type Reading,
  type ReadingRequest,
  type SourceReader,
  upwards,
} from '../closure';
import { readLocks } from './lockFiles';
import { pipSettings } from './settings';
import { statements } from './versions';

/** What the program that compiles Python takes: the requirements and the packages and files that the command names. */
export function readPythonClosure(request: ReadingRequest, reader: SourceReader): Reading {
  const { recognised, working } = request;
  const out = new Collector(['.pyc']);
  // Python's own library belongs to the builder.
  if (recognised.flags.library !== undefined) return out.finish();
  for (const path of listLocks(request, reader)) out.add({ kind: 'file', path });
  for (const path of listLinks(request, reader)) out.add({ kind: 'tree', path }, { kind: 'file', path });
  const units = recognised.units.map((unit) => joinInside(working, unit)!);
  const files = new Map(units.map((unit) => [unit, listFiles(unit, reader)]));
  for (const path of units) {
    out.add({ kind: 'tree', path }, { kind: 'file', path });
    // Bytecode without a source is a module or data. Python writes __pycache__ itself when the program runs.
    for (const file of files.get(path)!) if (file.endsWith('.pyc')) out.keep(file);
  }
  for (const path of [...listStatements(request), ...pipSettings]) out.add({ kind: 'file', path });
  // All of it is taken, whatever is imported; imports only say which package needs which.
  if (units.length > 1)
    for (const unit of units) {
      const roots = [...new Set([working, directoryOf(unit)])];
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

/** The lock that the command names and what that one includes; the named one also where it is not there. */
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
    links.flatMap(({ name }) => joinInside(directoryOf(path), name) ?? []),
  );
}

/** Where the sources may say which Python they are for: beside the units and the command, and above. */
export function listStatements({ recognised, working }: ReadingRequest): string[] {
  const directories = [working, ...recognised.units.map((unit) => joinInside(working, unit)!)].flatMap(
    upwards,
  );
  return [...new Set(directories)].flatMap((directory) => statements.map((name) => below(directory, name)));
}

/** The files of a unit, as far as a reader lists them; without the bytecode of runs. */
function listFiles(unit: string, reader: SourceReader): string[] {
  if (unit.endsWith('.py')) return [unit];
  return reader.list(unit).flatMap(({ name, directory }) => {
    const path = below(unit, name);
    if (directory) return name === '__pycache__' ? [] : listFiles(path, reader);
    return [path];
  });
}

/** The modules that a module imports, absolutely; a line of a text that looks like an import does no harm. */
export function listImports(text: string): string[] {
  const statements = text.matchAll(/^[ \t]*(?:from[ \t]+(\w[\w.]*)[ \t]+import\b|import[ \t]+(\w.*))/gmu);
  const names = [...statements].flatMap(([, from, imported = '']) =>
    from === undefined ? imported.split(',').map((one) => /^\s*([\w.]*)/u.exec(one)![1]!) : [from],
  );
  return [...new Set(names.filter(Boolean))];
}
