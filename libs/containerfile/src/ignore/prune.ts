import { matchGlob } from '../glob';

/**
 * Whether the exception `!pattern` can match something below a directory. In doubt it can: a walker then looks
 * into a directory in vain, which costs time but never a file.
 */
export function canReinclude(pattern: string, directory: string): boolean {
  // A class may hold a slash or match one, so that parts no longer face each other.
  if (pattern.includes('[')) return true;
  const parts = pattern.split('/');
  for (const [index, name] of directory.split('/').entries()) {
    const part = parts[index];
    // The pattern is used up: it names this directory or a parent, and with it all that is below.
    if (part === undefined || part.includes('**')) return true;
    const match = matchGlob(part, name);
    if (match.ok && !match.value) return false;
  }
  return true;
}
