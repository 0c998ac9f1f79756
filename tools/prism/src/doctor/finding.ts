export interface Finding {
  readonly what: string;
  readonly found: string;
  /** `missing`: images cannot be loaded or run without it. `better`: it would help. */
  readonly verdict: 'good' | 'better' | 'missing';
  /** The remedy, a command if possible; empty if nothing is to be done. */
  readonly todo: string;
}

export const good = (what: string, found: string): Finding => ({ what, found, verdict: 'good', todo: '' });

export const better = (what: string, found: string, todo: string): Finding => ({
  what,
  found,
  verdict: 'better',
  todo,
});

export const missing = (what: string, found: string, todo: string): Finding => ({
  what,
  found,
  verdict: 'missing',
  todo,
});
