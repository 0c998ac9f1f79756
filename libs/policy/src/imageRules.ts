import type { ImageFacts } from './assessment';
import type { ScanPolicy } from './scanPolicy';

const SECRET =
  /(^|[_.-])(password|passwd|secret|token|api[_.-]?key|access[_.-]?key|private[_.-]?key|credentials?)([_.-]|$)/i;
/** Suffixes of settings that only say where a secret is stored. */
const REFERENCE = /[_.-](file|path|dir|url|name)$/i;

/** The rules that the configuration violates, one sentence each. Secret values are not printed. */
export function breakRules({ user, env, labels }: ImageFacts, policy: ScanPolicy): string[] {
  const names = [
    ...env.map(
      (pair) => ['ENV', pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const,
    ),
    ...Object.entries(labels).map(([name, value]) => ['LABEL', name, value] as const),
  ];
  const secrets = names.filter(
    ([, name, value]) => value !== '' && SECRET.test(name) && !REFERENCE.test(name),
  );
  return [
    ...(policy.runsAsRoot === 'block' && isRoot(user)
      ? [`runs as root (${user === '' ? 'USER is not set' : `USER ${user}`})`]
      : []),
    ...(policy.secretsInConfig === 'block'
      ? secrets.map(([kind, name]) => `${kind} ${name} looks like a secret`)
      : []),
  ];
}

/** `0`, `00`, `root`, each with or without a group. */
function isRoot(user: string): boolean {
  const name = user.split(':')[0]!;
  return name === '' || name === 'root' || /^0+$/.test(name);
}
