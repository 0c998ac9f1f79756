import { dirname, join } from 'node:path';
import type { CompileRequest } from '../language';
import { readDirectives } from './directives';
import { parseModuleFile } from './modules';

/** The nearest file with this name in the sources, from the working directory upwards; absolute. */
export function findMain({ directories, contains }: CompileRequest, name: string): string | undefined {
  for (
    let directory = directories.working;
    directory.startsWith(directories.source);
    directory = dirname(directory)
  ) {
    if (contains(join(directory, name))) return join(directory, name);
  }
  return undefined;
}

/** Whether a `vendor` directory of the module or workspace is used. If so, nothing is fetched. */
export function isVendored(request: CompileRequest): boolean {
  const { mod } = request.recognised.flags;
  if (mod !== undefined) return mod === 'vendor';
  const main = findMain(request, 'go.work') ?? findMain(request, 'go.mod');
  return main !== undefined && request.contains(join(dirname(main), 'vendor', 'modules.txt'));
}

/**
 * Whether the modules of a go.work require only each other. Then nothing is fetched: `go build` takes them from the
 * workspace, but `go mod download` would ask a proxy for them.
 */
export function isSelfContained(request: CompileRequest): boolean {
  const { text } = request;
  const work = findMain(request, 'go.work');
  if (work === undefined) return false;
  const { use } = parseModuleFile(text(work) ?? '');
  const members = use.map((directory) => text(join(dirname(work), directory, 'go.mod')) ?? '');
  const own = new Set(members.map((one) => parseModuleFile(one).module));
  const required = members.flatMap((one) => readDirectives(one).filter(({ verb }) => verb === 'require'));
  return required.length > 0 && required.every(({ values }) => own.has(values[0]));
}
