/** Splits `--flag value`, `-flag=value` and positional arguments; undefined for a flag that is not allowed. */
export function splitArguments(
  args: readonly string[],
  allowed: readonly string[],
): { flags: Record<string, string>; units: string[] } | undefined {
  const flags: Record<string, string> = {};
  const units: string[] = [];
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
    flags[name] = value;
  }
  return { flags, units };
}
