import { readTextIfThere } from '@prism-build/shell';
import { type CompileManifest, readOutput } from '../compileManifest';

/** What was compiled last, so that finished work survives a kill of the batch. */
interface Journal {
  readonly key: string;
  readonly manifest: CompileManifest;
  readonly notes: readonly string[];
}

/** The journal of the same key, if what it says still lies at the destination, byte for byte. */
export function readJournal(journal: string, key: string, destination: string): Journal | undefined {
  const written = parseJournal(readTextIfThere(journal) ?? '');
  if (written?.key !== key) return undefined;
  const found = readOutput(destination);
  return found.ok && JSON.stringify(found.value) === JSON.stringify(written.manifest) ? written : undefined;
}

/** A journal that cannot be read is none: then it is compiled. */
function parseJournal(text: string): Journal | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
