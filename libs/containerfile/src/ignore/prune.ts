import { compileGlob } from '../glob/compile';

/**
 * Whether the exception `!pattern` can match something below a directory. True when in doubt: reading a directory
 * needlessly costs time, skipping one would lose files.
 */
export function canReinclude(pattern: string, directory: string): boolean {
  // A class may contain or match a slash, so pattern and path can no longer be compared part by part.
  if (pattern.includes('[')) return true;
  const parts = pattern.split('/');
  for (const [index, name] of directory.split('/').entries()) {
    const part = parts[index];
    // The whole pattern matched this directory or a parent, so it matches everything below.
    if (part === undefined || part.includes('**')) return true;
    if (compileGlob(part, 'copy')?.(name) === false) return false;
  }
  return true;
}
