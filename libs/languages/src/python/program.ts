import application from './program/application.py';
import compile from './program/compile.py';
import fetch from './program/fetch.py';
import lock from './program/lock.py';
import target from './program/target.py';

/**
 * The program that compiles and fetches, for the standard input of the pinned interpreter: it needs no place on the disk,
 * and none of the files that lie beside it there can be imported.
 */
export const program = [target, lock, fetch, application, compile].join('\n');
