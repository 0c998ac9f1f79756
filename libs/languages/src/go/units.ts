import { parentOf } from '@prism-build/containerfile';
import { below, joinInside, type ReadingRequest, type SourceReader } from '../closure';

/** The units, with `./...` expanded to its packages, and files replaced by their directories. */
export function expandUnits(request: ReadingRequest, reader: SourceReader): ReadingRequest {
  const { recognised, working } = request;
  const units = recognised.units.flatMap((unit) => {
    if (unit.endsWith('.go')) return [`./${parentOf(unit)}`];
    const [, start] = /^(\.\.?(?:\/[^.].*)?)\/\.\.\.$/.exec(unit) ?? [];
    const directory = start === undefined ? undefined : joinInside(working, start);
    if (directory === undefined) return [unit];
    return listPackages(directory, reader).map((path) => `${start}${path}`);
  });
  return { ...request, recognised: { ...recognised, units } };
}

/** Directories with Go files, without nested modules, as paths that are empty or begin with `/`. */
function listPackages(directory: string, reader: SourceReader): string[] {
  const visit = (at: string, path: string): string[] => {
    const entries = reader.list(at);
    if (path !== '' && entries.some(({ name }) => name === 'go.mod')) return [];
    return [
      ...(entries.some((entry) => !entry.directory && entry.name.endsWith('.go')) ? [path] : []),
      ...entries
        .filter((entry) => entry.directory && !/^[._]|^(testdata|vendor)$/.test(entry.name))
        .flatMap(({ name }) => visit(below(at, name), `${path}/${name}`)),
    ];
  };
  return visit(directory, '');
}
