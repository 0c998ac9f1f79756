import { failed, ok, type Result, rootfsFailure } from '@prism-build/errors';
import type { Run } from '@prism-build/shell';

/** Mirrors of packages: base addresses of the `pool/…` paths in a lock. */
export interface Mirrors {
  readonly mirrors: readonly string[];
  /** Archives that keep versions which mirrors drop. */
  readonly snapshots: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The sources that the user names: PRISM_DEBIAN_MIRRORS and PRISM_DEBIAN_SNAPSHOTS, separated by blanks. */
export function namedMirrors(env: Environment): Mirrors {
  return { mirrors: listOf(env.PRISM_DEBIAN_MIRRORS), snapshots: listOf(env.PRISM_DEBIAN_SNAPSHOTS) };
}

/**
 * Mirrors to fetch from: the named ones, else those of the machine's apt for the suite. Failure: MIRROR_UNKNOWN, if there
 * are none and no snapshot archive.
 */
export async function findMirrors(suite: string, env: Environment, run: Run): Promise<Result<Mirrors>> {
  const named = namedMirrors(env);
  if (named.mirrors.length > 0) return ok(named);
  const asked = await run({ argv: ['apt-get', 'indextargets', '--format', '$(REPO_URI) $(RELEASE)'] });
  const mirrors = asked.ok ? parseTargets(asked.value.stdout, suite) : [];
  if (mirrors.length > 0 || named.snapshots.length > 0) return ok({ ...named, mirrors });
  const what = `no mirror with packages of ${suite} is known`;
  const why = asked.ok ? 'apt has no sources for it' : asked.failures[0]!.what;
  return failed(rootfsFailure('MIRROR_UNKNOWN', { what, why }));
}

/** Addresses in the output of `apt-get indextargets`, of the suite and of its updates and security suites. */
export function parseTargets(text: string, suite: string): string[] {
  const rows = text.split('\n').map((line) => line.split(' '));
  const found = rows.flatMap(([url = '', release = '']) => {
    const ours = release === suite || release.startsWith(`${suite}-`) || release.startsWith(`${suite}/`);
    return ours && /^(https?|file):/.test(url) ? [url] : [];
  });
  return [...new Set(found)];
}

/** The address of a path at each mirror, a slash between. */
export function addressesOf(bases: readonly string[], path: string): string[] {
  // Mirrors expect + and ~ in file names unescaped.
  return bases.map((base) => `${base.replace(/\/+$/, '')}/${path.split('/').map(encodePart).join('/')}`);
}

function encodePart(part: string): string {
  return encodeURIComponent(part).replaceAll('%2B', '+').replaceAll('%40', '@');
}

function listOf(text: string | undefined): string[] {
  return (text ?? '').split(/[\s,]+/).filter((one) => one !== '');
}
