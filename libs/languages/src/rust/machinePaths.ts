import { join } from 'node:path';
import type { CompileRequest, MachinePaths } from '../language';
import { unitsDirectory } from './directories';

/**
 * rustc names files of the workspace relative to it, and the others by absolute paths: crates beside the workspace,
 * vendored ones, debugging information. Those are remapped. Values of `env!` and paths in C of dependencies are not.
 */
export const machinePaths: MachinePaths = {
  list: (request) => {
    const { source, scratch, cache } = request.directories;
    return [source, scratch, join(cache, 'cargo'), unitsDirectory(request)];
  },
  findCause({ digests, text }) {
    for (const path of [...digests.keys()].filter((one) => one.endsWith('.rs')).sort()) {
      const lines = text(path)?.split('\n') ?? [];
      const at = lines.findIndex((line) => directoryOfCargo.test(line) && !include.test(line));
      if (at >= 0) return { path, line: at + 1, written: directoryOfCargo.exec(lines[at]!)![0] };
    }
    return undefined;
  },
};

const directoryOfCargo = /\b(?:option_)?env!\s*\(\s*"(?:CARGO_MANIFEST_(?:DIR|PATH)|OUT_DIR)"\s*\)/;
const include = /^\s*\/\/|\binclude(?:_str|_bytes)?!/;

/** Flags that replace directories of the machine by those of a stage. */
export function listRemaps(request: CompileRequest): string[] {
  const { source, cache } = request.directories;
  // The source directory only where programs would name it: it differs between projects and clones, and cargo would
  // compile every dependency again for each.
  const remaps = [
    ...(request.remapsSource ? [[source, '/']] : []),
    [join(cache, 'cargo'), '/cargo'],
    [unitsDirectory(request), '/target'],
  ];
  return remaps.map(([from, to]) => `--remap-path-prefix=${from}=${to}`);
}
