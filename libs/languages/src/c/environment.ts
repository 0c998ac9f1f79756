import { join } from 'node:path';
import type { CompileDirectories } from '../language';

/**
 * The complete environment of a compile, except PATH and HOME. Zig's caches key objects by the content of their
 * sources.
 */
export function zigEnvironment({ cache }: CompileDirectories): Record<string, string> {
  const kept = join(cache, 'zig', 'objects');
  return {
    ZIG_GLOBAL_CACHE_DIR: kept,
    ZIG_LOCAL_CACHE_DIR: kept,
    SOURCE_DATE_EPOCH: '0',
    LANG: 'C',
    TZ: 'UTC',
  };
}
