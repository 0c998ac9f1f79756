import {
  below,
  Collector,
  directoryOf,
  joinInside,
  type Reading,
  type ReadingRequest,
  type SourceReader,
} from '../closure';

/** What the program that compiles Python takes: the requirements and the packages and files that the command names. */
export function readPythonClosure({ recognised, working }: ReadingRequest, reader: SourceReader): Reading {
  const out = new Collector(['.pyc']);
  const { requirements, library } = recognised.flags;
  // Python's own library belongs to the builder.
  if (library !== undefined) return out.finish();
  if (requirements !== undefined) out.add({ kind: 'file', path: joinInside(working, requirements)! });
  const units = recognised.units.map((unit) => joinInside(working, unit)!);
  for (const path of units) out.add({ kind: 'tree', path }, { kind: 'file', path });
  // All of it is taken, whatever is imported; imports only say which package needs which.
  if (units.length > 1)
    for (const unit of units) {
      const roots = [...new Set([working, directoryOf(unit)])];
      for (const file of listSources(unit, reader))
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

function listSources(unit: string, reader: SourceReader): string[] {
  if (unit.endsWith('.py')) return [unit];
  return reader.list(unit).flatMap(({ name, directory }) => {
    const path = below(unit, name);
    if (directory) return name === '__pycache__' ? [] : listSources(path, reader);
    return name.endsWith('.py') ? [path] : [];
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
