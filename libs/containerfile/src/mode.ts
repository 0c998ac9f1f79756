/** The permission bits of a copied file or directory, made from those that its source has. */
export type ChangeMode = (mode: number, isDirectory: boolean) => number;

const SET_ID = 0o6000;
const STICKY = 0o1000;
const ALL = SET_ID | 0o777;
const EXECUTE = 0o111;
const WHO: Readonly<Record<string, number>> = { u: 0o4700, g: 0o2070, o: 0o007, a: ALL };
const SHIFT: Readonly<Record<string, number>> = { u: 6, g: 3, o: 0 };

/** Whether `--chmod` is an octal mode, which does not depend on the mode of the source. */
export function isAbsoluteMode(chmod: string): boolean {
  return /^\d/.test(chmod);
}

/**
 * Reads `--chmod`: octal digits up to 07777, or symbolic clauses such as `u=rwX,go=rX`. Follows BuildKit, which
 * reads symbolic modes as BSD's setmode(3) does with an umask of 0. `X` asks for the execute bits that the source
 * has, not for those that an earlier clause gave.
 *
 * @returns undefined if it is not a mode
 */
export function readMode(chmod: string): ChangeMode | undefined {
  if (isAbsoluteMode(chmod)) {
    const mode = /^[0-7]+$/.test(chmod) ? Number.parseInt(chmod, 8) : Number.NaN;
    return mode <= 0o7777 ? () => mode : undefined;
  }
  const clauses = chmod.split(',').map(readClause);
  if (clauses.includes(undefined)) return undefined;
  return (source, isDirectory) =>
    clauses.reduce((mode, change) => change!(mode, source, isDirectory), source);
}

type Change = (mode: number, source: number, isDirectory: boolean) => number;

/** `ug+rx-w`: who, then any number of operators, each with its permissions. */
function readClause(text: string): Change | undefined {
  const [, classes, actions] = /^([ugoa]*)((?:[-+=][rwxXstugo]*)+)$/.exec(text) ?? [];
  if (classes === undefined || actions === undefined) return undefined;
  const who = [...classes].reduce((bits, name) => bits | WHO[name]!, 0);
  const changes = [...actions.matchAll(/([-+=])([rwxXstugo]*)/g)].map(([, operator, permissions]) =>
    readAction(operator!, permissions!, who),
  );
  return (mode, source, isDirectory) =>
    changes.reduce((changed, change) => change(changed, source, isDirectory), mode);
}

/** Letters that copy the bits of a class (`g=u`) are applied at once; the bits of other letters are collected before. */
function readAction(operator: string, permissions: string, classes: number): Change {
  const changes: Change[] = [];
  let who = classes;
  let bits = 0;
  let conditional = 0;
  const flush = (always: boolean) => {
    if (bits !== 0 || always) changes.push(setBits(operator, who, bits));
    if (conditional !== 0) changes.push(addExecute(who));
    bits = 0;
    conditional = 0;
  };
  const special = who === 0 || (who & ~0o007) !== 0;
  for (const letter of permissions) {
    if (letter === 'r') bits |= 0o444;
    else if (letter === 'w') bits |= 0o222;
    else if (letter === 'x' || (letter === 'X' && operator === '-')) bits |= EXECUTE;
    else if (letter === 'X') conditional = EXECUTE;
    else if (letter === 's') bits |= special ? SET_ID : 0;
    else if (letter === 't') {
      who |= special ? STICKY : 0;
      bits |= special ? STICKY : 0;
    } else {
      flush(false);
      changes.push(copyClass(operator, who, SHIFT[letter]!));
    }
  }
  const copies = /[ugo]/.test(permissions);
  flush(operator === '=' && !copies);
  return (mode, source, isDirectory) =>
    changes.reduce((changed, change) => change(changed, source, isDirectory), mode);
}

function setBits(operator: string, who: number, bits: number): Change {
  const named = who === 0 ? bits : who & bits;
  if (operator === '+') return (mode) => mode | named;
  if (operator === '-') return (mode) => mode & ~named;
  return (mode) => (mode & ~(who === 0 ? ALL : who)) | named;
}

function addExecute(who: number): Change {
  const named = who === 0 ? EXECUTE : who & EXECUTE;
  return (mode, source, isDirectory) => (isDirectory || (source & EXECUTE) !== 0 ? mode | named : mode);
}

/** `g=u`: the rwx of one class for the classes in `who`, or for all. */
function copyClass(operator: string, who: number, from: number): Change {
  const shifts = [6, 3, 0].filter((shift) => who === 0 || (who & (0o4 << shift)) !== 0);
  const spread = (value: number) => shifts.reduce((bits, shift) => bits | (value << shift), 0);
  return (mode) => {
    const value = spread((mode >> from) & 0o7);
    if (operator === '+') return mode | value;
    if (operator === '-') return mode & ~value;
    return (mode & ~spread(0o7)) | value;
  };
}
