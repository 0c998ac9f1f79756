import { type Checked, checked, containerfileFailure, hint, joinList, mapChecked } from '@prism-build/errors';
import { cleanSource } from '../path';
import type { Expander } from './expander';
import {
  canonicalOption,
  listSpellings,
  type MountType,
  mountOptions,
  mountTypes,
  type OptionKind,
  readOption,
} from './mountOptions';
import type { Mount, Origin } from './resolved';

/**
 * Reads `type=bind,from=x,source=y,target=z,ro`. Quotes are already removed from flags, so every comma separates. Reports
 * unknown types, options that the type does not have, and invalid values. The rules are BuildKit's, except that it
 * ignores options of other types.
 */
export function resolveMount(
  text: string,
  at: { file: string; line: number },
  expander: Expander,
  find: (name: string) => Checked<Origin>,
): Checked<Mount> {
  const fields = joinList(text.split(',').map((field) => readField(field, expander)));
  const written = fields.value.findLast(({ name }) => name === 'type')?.value ?? 'bind';
  const type = mountTypes.find((each) => each === written.toLowerCase());
  const unknown = `--mount has no type ${JSON.stringify(written)}.${hint(written, mountTypes)}`;
  const { options, problems } =
    type === undefined ? { options: noOptions, problems: [unknown] } : checkOptions(type, fields.value);
  const from = options.get('from');
  const origin = from === undefined ? checked<Origin>({ kind: 'context' }) : find(from);
  const bad = problems.map((what) => containerfileFailure('CONTAINERFILE_BAD_FLAG', { what, at }));
  const mount: Mount = {
    type: type ?? written,
    origin: origin.value,
    source: cleanSource(options.get('source') ?? '.'),
    target: options.get('target'),
    options: Object.fromEntries(options),
  };
  return checked(mount, ...fields.failures, ...bad, ...origin.failures);
}

const noOptions: ReadonlyMap<string, string> = new Map();

interface Field {
  readonly name: string;
  readonly written: string;
  readonly value: string | undefined;
}

function readField(field: string, expander: Expander): Checked<Field> {
  const equals = field.indexOf('=');
  const written = equals < 0 ? field : field.slice(0, equals);
  const expanded = expander.maybe(equals < 0 ? undefined : field.slice(equals + 1));
  return mapChecked(expanded, (value) => ({ name: canonicalOption(written), written, value }));
}

/** The options by their canonical names. The last of several wins; `readwrite` means `readonly=false`. */
function checkOptions(
  type: MountType,
  fields: readonly Field[],
): { readonly options: ReadonlyMap<string, string>; readonly problems: readonly string[] } {
  const options = new Map<string, string>();
  const problems: string[] = [];
  const known: Readonly<Record<string, OptionKind>> = mountOptions[type];
  for (const field of fields) {
    const inverse = field.name === 'readwrite';
    // BuildKit's other name for the id of a secret.
    const name = inverse ? 'readonly' : field.name === 'source' && type === 'secret' ? 'id' : field.name;
    const kind = Object.hasOwn(known, name) ? known[name] : undefined;
    if (kind === undefined) {
      problems.push(
        `A ${type} mount has no option ${field.written}.${hint(field.written, listSpellings(type))}`,
      );
      continue;
    }
    if (field.value === undefined && kind !== 'switch') {
      problems.push(`The option ${field.written} of a ${type} mount needs a value.`);
      continue;
    }
    const read = readOption(kind, field.value ?? 'true');
    if ('expected' in read)
      problems.push(
        `${field.written} of a ${type} mount is ${read.expected}, not ${JSON.stringify(field.value)}.`,
      );
    else options.set(name, inverse ? String(read.value !== 'true') : read.value);
  }
  const ids = fields.filter(({ name }) => name === 'id' || name === 'source');
  if (type === 'secret' && new Set(ids.map(({ name }) => name)).size > 1)
    problems.push('A secret mount takes either id or source, not both: they mean the same.');
  return { options, problems };
}
