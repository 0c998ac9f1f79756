import application from './program/application.py';
import fetch from './program/fetch.py';
import lock from './program/lock.py';
import machine from './program/machine.py';
import main from './program/program.py';

/** The parts of the program by their file names, in the order of names: builder bases join them by `cat *.py`. */
export const programFiles: Readonly<Record<string, string>> = {
  'application.py': application,
  'fetch.py': fetch,
  'lock.py': lock,
  'machine.py': machine,
  'program.py': main,
};

/**
 * The program that compiles and fetches, for the standard input of the pinned interpreter: it needs no place on the disk,
 * and none of the files that lie beside it there can be imported.
 */
export const program = Object.values(programFiles).join('\n');
