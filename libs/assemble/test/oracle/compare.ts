import type { Answer, OracleCase } from './case';

/** Whether it must be listed that both refuse a case, or any case may be refused by both. */
export type Refusals = 'listed' | 'any';

/** Everything that keeps a case from being as it is written, as lines for a person; empty: it passes. */
export function judge(oracleCase: OracleCase, native: Answer, podman: Answer, refusals: Refusals): string[] {
  const { refused } = oracleCase;
  const by = refusedBy(native, podman);
  if (by === 'both' && refusals === 'any') return [];
  if (by !== refused?.by) {
    const said = [native, podman].map((answer) => (answer.kind === 'refusal' ? answer.text : 'built'));
    return [
      `refused by ${by ?? 'nobody'}, listed: ${refused?.by ?? 'nobody'}\n  native: ${said[0]}\n  podman: ${said[1]}`,
    ];
  }
  if (native.kind === 'refusal') {
    const code = refused && 'code' in refused ? refused.code : undefined;
    return code === native.code ? [] : [`refused with ${native.code}, listed: ${code}\n  ${native.text}`];
  }
  if (podman.kind === 'refusal') return [];
  const found = differences(native.fields, podman.fields);
  const listed = oracleCase.differences ?? {};
  const unlisted = [...found].filter(([field]) => !Object.hasOwn(listed, field));
  const unused = Object.keys(listed).filter((field) => !found.has(field));
  return [
    ...unlisted.map(([field, values]) => `${field}: ${values}`),
    ...unused.map((field) => `unused listing: ${field}`),
  ];
}

function refusedBy(native: Answer, podman: Answer): 'both' | 'native' | 'podman' | undefined {
  if (native.kind === 'refusal') return podman.kind === 'refusal' ? 'both' : 'native';
  return podman.kind === 'refusal' ? 'podman' : undefined;
}

function differences(
  native: ReadonlyMap<string, string>,
  podman: ReadonlyMap<string, string>,
): Map<string, string> {
  const fields = [...new Set([...native.keys(), ...podman.keys()])].sort();
  return new Map(
    fields
      .filter((field) => native.get(field) !== podman.get(field))
      // What a missing path lacks is said once.
      .filter((field) => field.endsWith(' type') || bothHave(field, native, podman))
      .map((field) => [
        field,
        `native ${native.get(field) ?? 'nothing'}, podman ${podman.get(field) ?? 'nothing'}`,
      ]),
  );
}

function bothHave(
  field: string,
  native: ReadonlyMap<string, string>,
  podman: ReadonlyMap<string, string>,
): boolean {
  if (field.startsWith('config.')) return true;
  const type = field.replace(/ [a-z]+$/, ' type');
  return native.get(type) === podman.get(type);
}
