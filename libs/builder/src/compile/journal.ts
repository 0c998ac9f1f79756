import { readTextIfThere } from '@prism-build/shell';
import { type CompileManifest, readOutput } from '../compileManifest';

/** Record of a project's last compile. It keeps finished work if the batch is killed before Nx caches it. */
interface Journal {
  readonly key: string;
  readonly manifest: CompileManifest;
  readonly notes: readonly string[];
}

/** The journal if its key is the same and the files that it names are still at the destination, unaltered. */
export function readJournal(journal: string, key: string, destination: string): Journal | undefined {
  const written = parseJournal(readTextIfThere(journal) ?? '');
  if (written?.key !== key) return undefined;
  const found = readOutput(destination);
  return found.ok && JSON.stringify(found.value) === JSON.stringify(written.manifest) ? written : undefined;
}

/** Undefined for a journal that cannot be parsed: the project is then compiled. */
function parseJournal(text: string): Journal | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
