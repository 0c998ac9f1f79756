/** `${NAME}` and `$NAME`; any other `$` is literal. */
const variables = /\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))/g;

/**
 * Replaces ARG and ENV of the stage in a flag, as the builder's script does, because exec form expands nothing.
 * `unusable` lists variables without a value, or with a value that the flag cannot hold, with the reason.
 */
export function expandVariables(
  text: string,
  environment: Readonly<Record<string, string>>,
): { readonly text: string; readonly unusable: readonly string[] } {
  const unusable: string[] = [];
  const expanded = text.replaceAll(variables, (written, braced?: string, bare?: string) => {
    const name = (braced ?? bare)!;
    const value = environment[name];
    if (value === undefined) unusable.push(`no ARG or ENV of the stage gives ${name} a value`);
    else if (/['"\n]/.test(value)) unusable.push(`the value of ${name} has a quotation mark or a line break`);
    return value ?? written;
  });
  return { text: expanded, unusable };
}

/** The variables that a text refers to. */
export function variablesIn(text: string): string[] {
  return [...text.matchAll(variables)].map(([, braced, bare]) => (braced ?? bare)!);
}
