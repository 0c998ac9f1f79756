import type { Explanation } from '../language';

/** Causes that a C compiler prints, and their remedies. */
export function explainC(output: string): Explanation | undefined {
  const code = 'COMPILE_FAILED' as const;
  const [, header] = /fatal error: '([^']+)' file not found/.exec(output) ?? [];
  if (header !== undefined)
    return {
      code,
      what: `no file ${header} is in the stage, nor in musl's C library`,
      remedy: 'COPY it into the compile stage, and name its directory by -I.',
    };
  const [, library] =
    /unable to find (?:dynamic|static)? ?(?:system )?library ['"]([^'"]+)['"]/.exec(output) ?? [];
  if (library !== undefined)
    return {
      code,
      what: `there is no library ${library}: the pinned compiler has musl's C library alone`,
      remedy: 'Compile its sources with the program, or build the stage with an engine.',
    };
  const [, symbol] = /undefined (?:symbol|reference)[: to]+[`']?([\w.$]+)/.exec(output) ?? [];
  if (symbol !== undefined)
    return {
      code,
      what: `nothing defines ${symbol}`,
      remedy: 'Name the source that defines it in the RUN line, and COPY it.',
    };
  if (/expansion of date or time macro is not reproducible/.test(output))
    return {
      code,
      what: '__DATE__ and __TIME__ make a program differ each time that it is compiled',
      remedy: 'Remove them, or define them by -D in the RUN line.',
    };
  return undefined;
}

/** Whether the error may come from a file that was left out of the tree. A syntax error does not. */
export function mayLackFiles(output: string): boolean {
  return /file not found|FileNotFound|undefined (symbol|reference)/.test(output);
}
