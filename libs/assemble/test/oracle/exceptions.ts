import { posix } from 'node:path';
import { parseIgnoreFile } from '@prism-build/containerfile';
import type { OracleBase } from './bases';
import type { OracleCase } from './case';

/** What generated cases may differ in; each entry names the fields or refusals that it explains. */
interface Exception {
  readonly reason: string;
  readonly explains: (verdict: string, oracleCase: OracleCase) => boolean;
}

const exceptions: readonly Exception[] = [
  {
    reason:
      'what is ignored is not there: a pattern that matches nothing else matches nothing, which is allowed',
    explains: (verdict) => /^refused by podman.*no items matching glob/s.test(verdict),
  },
  {
    reason:
      'what is ignored is not there; Podman stops at a link that leads to itself, also at an ignored one',
    explains: (verdict, { context }) => {
      const loop = /^refused by podman.*native: built.*error resolving "\/(.+)": .*too many levels/s;
      const path = loop.exec(verdict)?.[1];
      const rules = parseIgnoreFile(ignoreFile(context), 'ignore file');
      return path !== undefined && rules.ok && rules.value.ignores(path, false);
    },
  },
  {
    reason: 'Podman gives all files that a pattern matches one name, and one is left or it stops',
    explains: (verdict) => /^refused by native.* matches several files/s.test(verdict),
  },
  {
    reason:
      'a link to an ignored directory leads to nothing, as in BuildKit; Podman silently makes an empty directory of it',
    explains: (verdict, { context }) =>
      /^refused by native.* the link \S+ leads to nothing.*podman: built/s.test(verdict) &&
      ignoreFile(context).trim() !== '',
  },
  {
    reason:
      'an exception that starts with a wildcard reaches into ignored directories, as in BuildKit; Podman does not look there',
    explains: (verdict, { context }) =>
      /^\S.* type: native \w+, podman nothing$/.test(verdict) && /^!.*[*?[]/m.test(ignoreFile(context)),
  },
  {
    reason: 'Podman keeps any text as a port, and no engine can open it',
    explains: (verdict) => /^refused by native.* EXPOSE \S+ is not a port/s.test(verdict),
  },
  {
    reason: 'what a base names as its WORKDIR and does not have is made when a container starts',
    explains: (verdict, { bases }) => {
      if (/^refused by podman.*native: built.*error checking directory/s.test(verdict)) return true;
      const path = /^(\/\S+) type: native nothing, podman directory/.exec(verdict)?.[1];
      const named = Object.values(bases ?? {}).flatMap(placesOfWorkdir);
      return path !== undefined && named.some((one) => `${one}/`.startsWith(`${path}/`));
    },
  },
];

/** What nothing explains. */
export function unexplained(verdicts: readonly string[], oracleCase: OracleCase): string[] {
  return verdicts.filter((verdict) => !exceptions.some(({ explains }) => explains(verdict, oracleCase)));
}

/** Where a base's WORKDIR lies, also behind a link of the base. */
function placesOfWorkdir({ config, layers }: OracleBase): string[] {
  const place = String(config?.WorkingDir);
  const entries = layers.flatMap((layer) => (Buffer.isBuffer(layer) ? [] : layer));
  const behind = entries.flatMap((entry) => {
    if (entry.type !== 'symlink' || !`${place}/`.startsWith(`/${entry.path}/`)) return [];
    const target = posix.resolve('/', posix.dirname(entry.path), entry.linkTarget);
    return [posix.join(target, place.slice(entry.path.length + 1))];
  });
  return [place, ...behind];
}

function ignoreFile(context: OracleCase['context'] = {}): string {
  return ['.containerignore', '.dockerignore'].map((name) => context[name] ?? '').join('\n');
}
