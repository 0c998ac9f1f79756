/** What a build sets besides its context and its Containerfile, as far as it changes the image. */
export interface StatedSettings {
  /** The stage that is built; `''`: an expression. */
  readonly target?: string | undefined;
  /** Values that are no plain text are undefined. */
  readonly args: Readonly<Record<string, string | undefined>>;
  /** Names of build contexts. */
  readonly contexts: readonly string[];
  /** Names of labels. */
  readonly labels: readonly string[];
}

/** A table, or a list of `name=value`, as Compose, Bake and commands have them. Variables make a value undefined. */
export function readPairs(value: unknown): Readonly<Record<string, string | undefined>> {
  if (Array.isArray(value))
    return Object.fromEntries(
      value.filter(isText).map((one) => {
        const at = one.indexOf('=');
        return at < 0 ? [one, undefined] : [one.slice(0, at), plain(one.slice(at + 1))];
      }),
    );
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, isScalar(one) ? plain(String(one)) : undefined]),
  );
}

/** The settings of a build, from values as they stand in a file. */
export function readSettings(build: {
  readonly target?: unknown;
  readonly args?: unknown;
  readonly contexts?: unknown;
  readonly labels?: unknown;
}): StatedSettings {
  const { target, args, contexts, labels } = build;
  return {
    ...(target !== undefined && target !== null && { target: isText(target) ? (plain(target) ?? '') : '' }),
    args: readPairs(args),
    contexts: Object.keys(readPairs(contexts)),
    labels: Object.keys(readPairs(labels)),
  };
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isScalar = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value);
const plain = (text: string): string | undefined => (text.includes('$') ? undefined : text);
