import { join } from 'node:path';
import type { CompileRequest } from '../language';

/** A compile for development has its own units: nothing removes them, so cargo compiles incrementally. */
const isOwn = (request: CompileRequest): boolean => request.development === true || !separates(request);

/** Since 1.91, cargo can write finished programs to another directory than intermediate results. */
function separates({ version }: CompileRequest): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 1 || minor >= 91;
}

/**
 * The directory of cargo's compiled units, shared by all projects. An older cargo writes finished programs there too,
 * so each project has its own.
 */
export function unitsDirectory(request: CompileRequest): string {
  const { cache, source } = request.directories;
  return isOwn(request) ? join(cache, 'cargo-own', source) : join(cache, 'cargo-units');
}

/** The directory for cargo's finished programs, which no other compile writes to. */
export function finishedDirectory(request: CompileRequest): string {
  return isOwn(request) ? unitsDirectory(request) : join(request.directories.scratch, 'cargo');
}
