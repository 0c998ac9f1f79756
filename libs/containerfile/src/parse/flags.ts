import { type Failure, hint } from '@prism-build/errors';
import { failAt, type Request } from './request';

type Kind = 'text' | 'switch' | 'list';

const TRANSFER = { chown: 'text', chmod: 'text', link: 'switch', exclude: 'list' } as const;

/**
 * The flags of each instruction; other instructions have none. `libs/plan/test/nothingDropped.spec.ts` checks that each
 * flag changes the plan or is refused.
 */
export const instructionFlags: Readonly<Record<string, Readonly<Record<string, Kind>>>> = {
  FROM: { platform: 'text' },
  COPY: { ...TRANSFER, from: 'text', parents: 'switch' },
  ADD: { ...TRANSFER, checksum: 'text', 'keep-git-dir': 'switch', unpack: 'switch' },
  RUN: { mount: 'list', network: 'text', security: 'text', device: 'list' },
  HEALTHCHECK: {
    interval: 'text',
    timeout: 'text',
    'start-period': 'text',
    'start-interval': 'text',
    retries: 'text',
  },
};

export interface Flags {
  readonly text: (name: string) => string | undefined;
  readonly list: (name: string) => readonly string[];
  readonly isOn: (name: string) => boolean;
  readonly has: (name: string) => boolean;
  readonly failures: readonly Failure[];
}

const noFlags: Flags = {
  text: () => undefined,
  list: () => [],
  isOn: () => false,
  has: () => false,
  failures: [],
};

/** Reads the flags of an instruction; every bad one is a failure of its own. */
export function readFlags(request: Request): Flags {
  if (request.flags.length === 0) return noFlags;
  const known = new Map(Object.entries(instructionFlags[request.keyword] ?? {}));
  const values = new Map<string, string[]>();
  const failures: Failure[] = [];
  const bad = (what: string) => failures.push(failAt(request, 'CONTAINERFILE_BAD_FLAG', what));
  for (const flag of request.flags) {
    const equals = flag.indexOf('=');
    const name = flag.slice(2, equals < 0 ? undefined : equals);
    const kind = known.get(name);
    const value = equals < 0 ? undefined : flag.slice(equals + 1);
    if (kind === undefined) {
      const names = [...known.keys()].map((each) => `--${each}`);
      bad(`${request.keyword} has no flag --${name}.${hint(`--${name}`, names)}`);
    } else if (kind !== 'list' && values.has(name)) bad(`The flag --${name} is given twice.`);
    else if (kind !== 'switch' && value === undefined) bad(`The flag --${name} needs a value.`);
    else if (kind === 'switch' && !['true', 'false'].includes((value ?? 'true').toLowerCase()))
      bad(`The flag --${name} is true or false, not ${JSON.stringify(value)}.`);
    else values.set(name, [...(values.get(name) ?? []), value ?? 'true']);
  }
  return {
    text: (name) => values.get(name)?.[0],
    list: (name) => values.get(name) ?? [],
    isOn: (name) => values.get(name)?.[0]?.toLowerCase() === 'true',
    has: (name) => values.has(name),
    failures,
  };
}
