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
 * The program that compiles and fetches, for the standard input of the pinned interpreter: it needs no file on the disk,
 * so it cannot import files beside it by accident.
 */
export const program = Object.values(programFiles).join('\n');
