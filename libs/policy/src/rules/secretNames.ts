import type { ImageFacts } from '../assessment';

const SECRET =
  /(^|[_.-])(password|passwd|secret|token|api[_.-]?key|access[_.-]?key|private[_.-]?key|credentials?)([_.-]|$)/i;
/** Suffixes of settings that only say where a secret is stored. */
const REFERENCE = /[_.-](file|path|dir|url|name)$/i;

/** `ENV NAME` or `LABEL name` of each setting that is named like a secret and has a value. */
export function listSecretNames({ env, labels }: Pick<ImageFacts, 'env' | 'labels'>): string[] {
  const names = [
    ...env.map(
      (pair) => ['ENV', pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const,
    ),
    ...Object.entries(labels).map(([name, value]) => ['LABEL', name, value] as const),
  ];
  return names
    .filter(([, name, value]) => value !== '' && SECRET.test(name) && !REFERENCE.test(name))
    .map(([kind, name]) => `${kind} ${name}`);
}
