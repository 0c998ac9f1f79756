import { chmodSync, linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ContextEntry, OracleCase } from './case';

/** Writes Containerfile and context of a case into an empty directory, modes as they are listed. */
export function writeContext(directory: string, oracleCase: OracleCase): void {
  mkdirSync(directory, { recursive: true });
  write(join(directory, 'Containerfile'), { bytes: oracleCase.containerfile });
  for (const [path, entry] of Object.entries(oracleCase.context ?? {})) {
    const target = join(directory, path);
    makeParents(directory, dirname(path));
    if (typeof entry === 'object' && 'hardlink' in entry) linkSync(join(directory, entry.hardlink), target);
    else write(target, entry);
  }
}

/** mkdir obeys the umask, so the mode is set on its own. */
function makeParents(root: string, path: string): void {
  if (path === '.') return;
  makeParents(root, dirname(path));
  const made = mkdirSync(join(root, path), { recursive: true });
  if (made !== undefined) chmodSync(join(root, path), 0o755);
}

function write(target: string, entry: Exclude<ContextEntry, { hardlink: string }>): void {
  if (typeof entry === 'string') write(target, { bytes: entry });
  else if ('link' in entry) symlinkSync(entry.link, target);
  else if ('directory' in entry) {
    mkdirSync(target, { recursive: true });
    chmodSync(target, entry.directory);
  } else {
    writeFileSync(target, entry.bytes);
    chmodSync(target, entry.mode ?? 0o644);
  }
}
