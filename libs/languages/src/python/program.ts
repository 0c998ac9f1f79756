import application from './program/application.py';
import fetch from './program/fetch.py';
import lock from './program/lock.py';
import machine from './program/machine.py';
import main from './program/program.py';

/**
 * The program that compiles and fetches, for the standard input of the pinned interpreter: it needs no place on the disk,
 * and none of the files that lie beside it there can be imported. In the order of names, which builder bases have too.
 */
export const program = [application, fetch, lock, machine, main].join('\n');
