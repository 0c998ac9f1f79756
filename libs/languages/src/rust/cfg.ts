/** The `cfg(…)` values of a target that are the same for every compile. */
export interface CfgFacts {
  readonly architecture: 'x86_64' | 'aarch64';
}

/**
 * Whether a key of cargo's `[target.…]` tables, `cfg(all(unix, target_arch = "x86_64"))`, matches a Linux target with
 * glibc. Undefined if only a compile can decide (features, names that flags set), or if the expression is invalid.
 */
export function matchesCfg(key: string, facts: CfgFacts): boolean | undefined {
  const tokens = [...key.matchAll(/\s*([A-Za-z_]\w*|"[^"]*"|[(),=])/gy)];
  const whole = tokens.map(([text]) => text).join('');
  if (whole.trimEnd() !== key.trimEnd()) return undefined;
  const parser = new Parser(
    tokens.map(([, token]) => token!),
    facts,
  );
  return parser.parse();
}

const names: Readonly<Record<string, boolean>> = {
  ...{ unix: true, true: true, windows: false, false: false, test: false, proc_macro: false, doc: false },
};

const valuesOf = ({ architecture }: CfgFacts): Readonly<Record<string, string>> => ({
  ...{
    target_arch: architecture,
    target_os: 'linux',
    target_family: 'unix',
    target_env: 'gnu',
    target_abi: '',
  },
  ...{ target_vendor: 'unknown', target_pointer_width: '64', target_endian: 'little' },
});

class Parser {
  private at = 0;
  private readonly values: Readonly<Record<string, string>>;

  constructor(
    private readonly tokens: readonly string[],
    facts: CfgFacts,
  ) {
    this.values = valuesOf(facts);
  }

  parse(): boolean | undefined {
    if (!this.take('cfg') || !this.take('(')) return undefined;
    const value = this.expression();
    return this.take(')') && this.at === this.tokens.length ? value : undefined;
  }

  private take(token: string): boolean {
    if (this.tokens[this.at] !== token) return false;
    this.at++;
    return true;
  }

  private expression(): boolean | undefined {
    const name = this.tokens[this.at++] ?? '';
    if (['all', 'any', 'not'].includes(name) && this.take('(')) return this.list(name);
    if (!this.take('=')) return names[name];
    const value = this.tokens[this.at++] ?? '';
    const known = this.values[name];
    return known === undefined ? undefined : `"${known}"` === value;
  }

  private list(kind: string): boolean | undefined {
    const items: (boolean | undefined)[] = [];
    while (this.at < this.tokens.length && !this.take(')')) {
      items.push(this.expression());
      this.take(',');
    }
    if (kind === 'not') return items.length !== 1 || items[0] === undefined ? undefined : !items[0];
    const decides = kind === 'any';
    if (items.includes(decides)) return decides;
    return items.includes(undefined) ? undefined : !decides;
  }
}
