import type { Failure } from '@prism-build/errors';
import { containerfileFailure } from '@prism-build/errors';
import { hint } from '../parse/suggest';
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
 * Reads `type=bind,from=x,source=y,target=z,ro`; the commas of a quoted value were no longer quoted in a flag.
 * Reports unknown types, options that the type does not have, and values that are none (BuildKit's rules; where it
 * ignores an option of another type, this refuses it).
 */
export function resolveMount(
  text: string,
  at: { file: string; line: number },
  expander: Expander,
  find: (name: string) => Origin,
  failures: Failure[],
): Mount {
  const bad = (what: string) => failures.push(containerfileFailure('CONTAINERFILE_BAD_FLAG', { what, at }));
  const fields = text.split(',').map((field) => readField(field, expander));
  const written = fields.findLast(({ name }) => name === 'type')?.value ?? 'bind';
  const type = mountTypes.find((each) => each === written.toLowerCase());
  if (type === undefined) bad(`--mount has no type ${JSON.stringify(written)}.${hint(written, mountTypes)}`);
  const options = type === undefined ? new Map<string, string>() : checkOptions(type, fields, bad);
  const from = options.get('from');
  return {
    type: type ?? written,
    origin: from === undefined ? { kind: 'context' } : find(from),
    source: cleanSource(options.get('source') ?? '.'),
    target: options.get('target'),
    options: Object.fromEntries(options),
  };
}

interface Field {
  readonly name: string;
  readonly written: string;
  readonly value: string | undefined;
}

function readField(field: string, expander: Expander): Field {
  const equals = field.indexOf('=');
  const written = equals < 0 ? field : field.slice(0, equals);
  const value = equals < 0 ? undefined : expander.word(field.slice(equals + 1));
  return { name: canonicalOption(written), written, value };
}

/** The options by their canonical names; of several the last one counts, and `readwrite` is `readonly=false`. */
function checkOptions(
  type: MountType,
  fields: readonly Field[],
  bad: (what: string) => void,
): Map<string, string> {
  const options = new Map<string, string>();
  const known: Readonly<Record<string, OptionKind>> = mountOptions[type];
  for (const field of fields) {
    const inverse = field.name === 'readwrite';
    // BuildKit's other name for the id of a secret.
    const name = inverse ? 'readonly' : field.name === 'source' && type === 'secret' ? 'id' : field.name;
    const kind = Object.hasOwn(known, name) ? known[name] : undefined;
    if (kind === undefined) {
      bad(`A ${type} mount has no option ${field.written}.${hint(field.written, listSpellings(type))}`);
      continue;
    }
    if (field.value === undefined && kind !== 'switch') {
      bad(`The option ${field.written} of a ${type} mount needs a value.`);
      continue;
    }
    const read = readOption(kind, field.value ?? 'true');
    if ('expected' in read)
      bad(`${field.written} of a ${type} mount is ${read.expected}, not ${JSON.stringify(field.value)}.`);
    else options.set(name, inverse ? String(read.value !== 'true') : read.value);
  }
  const ids = fields.filter(({ name }) => name === 'id' || name === 'source');
  if (type === 'secret' && new Set(ids.map(({ name }) => name)).size > 1)
    bad('A secret mount has either id or source, which mean the same.');
  return options;
}
