import { join } from 'node:path';
import { type Tree, visitNotIgnoredFiles } from '@nx/devkit';
import { all, ok, type Result } from '@prism-build/errors';
import { resolvePolicy } from '@prism-build/policy';

/** The files of a directory in which a scan policy may be, the farthest first. */
const names = ['package.json', 'project.json', 'scan-policy.json'] as const;

/**
 * The Go vulnerability databases that scan policies of the workspace name: their scans need govulncheck. Only relative paths: another one
 * is a directory of the machine. Failure: SCAN_POLICY_INVALID.
 */
export function findGoDatabases(tree: Tree): Result<readonly string[]> {
  const directories = new Set(['']);
  visitNotIgnoredFiles(tree, '.', (path) => {
    const name = names.find((one) => path.endsWith(`/${one}`));
    if (name) directories.add(path.slice(0, -name.length - 1));
  });
  const everywhere = [read(tree, 'nx.json'), read(tree, 'scan-policy.json')];
  const policies = all(
    [...directories].map((directory) =>
      resolvePolicy(
        [...everywhere, ...names.map((name) => read(tree, join(directory, name)))].flatMap(
          (one) => one ?? [],
        ),
      ),
    ),
  );
  if (!policies.ok) return policies;
  const databases = policies.value.flatMap(({ policy: { govulncheck } }) =>
    govulncheck === false ? [] : [govulncheck.database],
  );
  return ok([...new Set(databases)].filter((one) => /^[\w.-][\w./-]*$/.test(one)).sort());
}

function read(tree: Tree, file: string) {
  const text = tree.read(file, 'utf-8');
  if (text === null) return undefined;
  if (file.endsWith('scan-policy.json')) return { file, text };
  // Most files have no policy, and are not even parsed.
  if (!text.includes('scan-policy')) return undefined;
  return { file, text, under: file.endsWith('package.json') ? ['nx', 'scan-policy'] : ['scan-policy'] };
}
