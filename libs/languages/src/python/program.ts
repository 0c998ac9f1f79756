import application from './program/application.py';
import fetch from './program/fetch.py';
import lock from './program/lock.py';
import machine from './program/machine.py';
import main from './program/program.py';

/** The parts of the program by file name, in the order of names: builder bases concatenate them with `cat *.py`. */
export const programFiles: Readonly<Record<string, string>> = {
  'application.py': application,
  'fetch.py': fetch,
  'lock.py': lock,
  'machine.py': machine,
  'program.py': main,
};

/**
 * The program that compiles and fetches. The pinned interpreter reads it from standard input. It is not a file on the
 * disk, so it cannot import a neighbouring file by accident.
 */
export const program = Object.values(programFiles).join('\n');
