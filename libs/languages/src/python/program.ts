import application from './program/application.py';
import compile from './program/compile.py';
import fetch from './program/fetch.py';
import lock from './program/lock.py';
import target from './program/target.py';

/** The parts of the program, by their file names, in the order in which they are joined. */
export const programFiles: Readonly<Record<string, string>> = {
  'target.py': target,
  'lock.py': lock,
  'fetch.py': fetch,
  'application.py': application,
  'compile.py': compile,
};

/**
 * The program that compiles and fetches, for the standard input of the pinned interpreter: it needs no place on the disk,
 * and none of the files that lie beside it there can be imported.
 */
export const program = Object.values(programFiles).join('\n');
