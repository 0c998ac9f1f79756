import type { Failure } from '@prism-build/errors';
import { containerfileFailure } from '@prism-build/errors';
import { cleanSource } from '../path';
import type { Expander } from './expander';
import type { Mount, Origin } from './resolved';

const TYPES = ['bind', 'cache', 'tmpfs', 'secret', 'ssh'];

/** Reads `type=bind,from=x,source=y,target=z,ro`; the commas of a quoted value were no longer quoted in a flag. */
export function resolveMount(
  text: string,
  at: { file: string; line: number },
  expander: Expander,
  find: (name: string) => Origin,
  failures: Failure[],
): Mount {
  const options = new Map(
    text.split(',').map((field): [string, string] => {
      const equals = field.indexOf('=');
      if (equals < 0) return [field.toLowerCase(), 'true'];
      return [field.slice(0, equals).toLowerCase(), expander.word(field.slice(equals + 1))];
    }),
  );
  const type = options.get('type') ?? 'bind';
  if (!TYPES.includes(type)) {
    const what = `A mount has the type ${TYPES.join(', ')}, not ${JSON.stringify(type)}.`;
    failures.push(containerfileFailure('CONTAINERFILE_BAD_FLAG', { what, at }));
  }
  const from = options.get('from');
  return {
    type,
    origin: from === undefined ? { kind: 'context' } : find(from),
    source: cleanSource(options.get('source') ?? options.get('src') ?? '.'),
    target: options.get('target') ?? options.get('dst') ?? options.get('destination'),
    options: Object.fromEntries(options),
  };
}
