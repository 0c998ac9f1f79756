/** How the value of an option is written. */
export type OptionKind = 'text' | 'switch' | 'octal' | 'number' | 'size' | 'sharing';

const PLACE = { type: 'text', target: 'text', readonly: 'switch' } as const;
const OWNED = { mode: 'octal', uid: 'number', gid: 'number' } as const;
/** Podman relabels for SELinux. Mounts here are created for one command and need no new label. */
const LABEL = { z: 'switch', relabel: 'text' } as const;

/** The options of each type of `--mount`, by the names that `canonicalOption` gives. */
export const mountOptions = {
  bind: { ...PLACE, ...LABEL, from: 'text', source: 'text' },
  cache: { ...PLACE, ...LABEL, ...OWNED, id: 'text', from: 'text', source: 'text', sharing: 'sharing' },
  tmpfs: { ...PLACE, size: 'size' },
  secret: { ...PLACE, ...OWNED, id: 'text', required: 'switch', env: 'text' },
  ssh: { ...PLACE, ...OWNED, id: 'text', required: 'switch' },
} as const satisfies Readonly<Record<string, Readonly<Record<string, OptionKind>>>>;

export type MountType = keyof typeof mountOptions;

export const mountTypes = Object.keys(mountOptions) as MountType[];

const ALIASES: Readonly<Record<string, string>> = {
  ...{ src: 'source', dst: 'target', destination: 'target', ro: 'readonly' },
  ...{ rw: 'readwrite', Z: 'z' },
};

/** One name for the spellings of an option; names do not distinguish case, but for `Z`, which means `z` here. */
export function canonicalOption(name: string): string {
  const lower = name.toLowerCase();
  return ALIASES[lower] ?? lower;
}

/** All spellings that a type knows, for suggestions. */
export function listSpellings(type: MountType): string[] {
  const names = new Set<string>([...Object.keys(mountOptions[type]), 'readwrite']);
  const aliases = Object.keys(ALIASES).filter((alias) => names.has(ALIASES[alias]!));
  return [...names, ...(type === 'secret' ? ['source'] : []), ...aliases];
}

const TRUE = ['1', 't', 'T', 'TRUE', 'true', 'True'];
const FALSE = ['0', 'f', 'F', 'FALSE', 'false', 'False'];

/** The value in normal form (`true`, bytes as a number), or a description of what is expected. */
export function readOption(kind: OptionKind, value: string): { value: string } | { expected: string } {
  switch (kind) {
    case 'switch':
      if (TRUE.includes(value)) return { value: 'true' };
      return FALSE.includes(value) ? { value: 'false' } : { expected: 'true or false' };
    case 'octal':
      return /^[0-7]{1,11}$/.test(value) && Number.parseInt(value, 8) <= 0o7777
        ? { value }
        : { expected: 'octal digits such as 0400' };
    case 'number':
      return /^\d{1,10}$/.test(value) && Number(value) <= 0xffffffff ? { value } : { expected: 'a number' };
    case 'size': {
      const bytes = readSize(value);
      return bytes === undefined ? { expected: 'a size such as 64m' } : { value: String(bytes) };
    }
    case 'sharing': {
      const sharing = value.toLowerCase();
      const known = ['shared', 'private', 'locked'];
      return known.includes(sharing) ? { value: sharing } : { expected: 'shared, private or locked' };
    }
    case 'text':
      return { value };
  }
}

/** `64m`, `1.5GiB`: the units are powers of 1024, as go-units reads them. */
function readSize(text: string): number | undefined {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?) ?([kmgtp]?)i?b?$/i.exec(text) ?? [];
  if (amount === undefined) return undefined;
  const bytes = Math.floor(Number(amount) * 1024 ** ' kmgtp'.indexOf(unit.toLowerCase() || ' '));
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
