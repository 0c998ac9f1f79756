import { dirname, join } from 'node:path';
import type { CompileRequest } from '../language';

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
