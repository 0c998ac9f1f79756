/** The flags and positional arguments of a command. */
export interface SplitArguments {
  readonly flags: Record<string, string>;
  readonly units: string[];
  readonly repeated?: readonly string[];
}

/** Splits `--flag value`, `-flag=value` and positional arguments; undefined for a flag that is not allowed. */
export function splitArguments(
  args: readonly string[],
  allowed: readonly string[],
): SplitArguments | undefined {
  const flags: Record<string, string> = {};
  const units: string[] = [];
  const repeated: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const argument = args[index]!;
    const match = /^--?([a-z][a-z-]*)(?:=(.*))?$/.exec(argument);
    if (!match) {
      units.push(argument);
      continue;
    }
    const [, name = '', inline] = match;
    const value = inline ?? args[++index];
    if (!allowed.includes(name) || value === undefined) return undefined;
    if (Object.hasOwn(flags, name)) repeated.push(name);
    flags[name] = value;
  }
  return withRepeated({ flags, units }, repeated);
}

/** Names the flags that a command repeats, if it does. */
export function withRepeated(split: SplitArguments, repeated: readonly string[]): SplitArguments {
  return repeated.length === 0 ? split : { ...split, repeated: [...new Set(repeated)] };
}
