import type { Input, KeyInputs } from './keys';

/** The named inputs of a project, which Nx resolves wherever a target names them. */
export type NamedInputs = Readonly<Record<string, readonly Input[]>>;

/** The plugin's own code, and what its daemon does not notice: part of every key. */
export const toolInput = 'prismTool';

const names = { definition: 'prismDefinition', unread: 'prismUnread', ignored: 'prismIgnored' } as const;
type Group = keyof typeof names;

/**
 * The inputs of the targets of one project, with groups that several of them have written once, under a name. Nx replaces
 * a name by what it stands for before it plans a hash, so keys do not change. A target whose group differs from the
 * first one has its own list.
 */
export function nameInputs(keys: readonly KeyInputs[]): {
  readonly named: NamedInputs;
  readonly inputs: readonly (readonly Input[])[];
} {
  const first = (group: Group) => keys.map((one) => one[group]).find((list) => list.length > 0);
  const lists = { definition: first('definition'), unread: first('unread'), ignored: first('ignored') };
  const place = (group: Group, list: readonly Input[]): readonly Input[] => {
    if (list.length === 0) return list;
    return list === lists[group] || isSame(list, lists[group]!) ? [names[group]] : list;
  };
  return {
    named: Object.fromEntries(
      (Object.keys(names) as Group[]).flatMap((group) =>
        lists[group] ? [[names[group], lists[group]]] : [],
      ),
    ),
    inputs: keys.map((one) => [
      ...place('definition', one.definition),
      ...one.sources,
      ...place('unread', one.unread),
      ...place('ignored', one.ignored),
      ...one.others,
    ]),
  };
}

/** Inputs with each name replaced by what it stands for, as Nx does before it plans a hash. */
export function expandInputs<T>(
  inputs: readonly T[],
  named: Readonly<Record<string, readonly T[]>> | undefined,
): readonly T[] {
  return inputs.flatMap((one) =>
    typeof one === 'string' && named && Object.hasOwn(named, one) ? named[one]! : [one],
  );
}

function isSame(one: readonly Input[], other: readonly Input[]): boolean {
  return one.length === other.length && JSON.stringify(one) === JSON.stringify(other);
}
