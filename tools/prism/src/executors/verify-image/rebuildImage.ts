import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import type { Verification } from '@prism-build/attestation';
import { type Failure, ok, type Result, verifyFailure } from '@prism-build/errors';
import { readDigestJson } from '@prism-build/oci';
import { formatReference } from '@prism-build/registry';
import { attempt, run } from '@prism-build/shell';
import { directoriesOf, imageDirectory, targetName } from '@prism-build/workspace';
import { type Described, describeBuilds, impossible } from './describeBuilds';
import type { VerifyOptions } from './options';

/**
 * Builds an image again from the commit that its accepted provenance names, and compares the digests. The clone is temporary and
 * has its own store and results, so nothing but the compilers' caches is shared. A platform that a later commit did not change
 * keeps its provenance, so there may be several commits, of which one has to give the image. Returns the reasons against the
 * image: VERIFY_REBUILD_IMPOSSIBLE, VERIFY_REBUILD_DIFFERS.
 */
export async function rebuildImage(
  project: string,
  options: VerifyOptions,
  verification: Verification,
  { root }: ExecutorContext,
): Promise<readonly Failure[]> {
  const { image } = verification;
  const described = describeBuilds(project, options.variant, verification);
  if (!described.ok) return described.failures;
  return compareBuilds(image, described.value, (build) => buildAgain(root, project, options, build));
}

/** The reasons why none of the builds gives the image; empty as soon as one does. */
export async function compareBuilds(
  image: Verification['image'],
  builds: readonly Described[],
  build: (described: Described) => Promise<Result<string>>,
): Promise<readonly Failure[]> {
  const reasons: Failure[] = [];
  for (const described of builds) {
    const built = await build(described);
    if (built.ok && built.value === image.digest) return [];
    if (!built.ok) reasons.push(...built.failures);
    else {
      const what = `the commit ${described.commit} gives ${built.value}, and not ${formatReference(image)}`;
      const why = described.reproducible
        ? undefined
        : 'An engine executed RUN commands for the image, and what they make may differ from build to build.';
      reasons.push(verifyFailure('VERIFY_REBUILD_DIFFERS', { what, why }));
    }
  }
  return reasons;
}

async function buildAgain(root: string, project: string, options: VerifyOptions, build: Described) {
  const made = await attempt('cannot make a directory', () => mkdtempSync(join(tmpdir(), 'prism-rebuild-')));
  if (!made.ok) return made;
  try {
    return await buildIn(made.value, root, project, options, build);
  } finally {
    rmSync(made.value, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Clones the commit and builds there; returns the digest of the image. */
async function buildIn(
  clone: string,
  root: string,
  project: string,
  { variant, timeout }: VerifyOptions,
  { commit, directory, platforms }: Described,
): Promise<Result<string>> {
  const git = (...args: string[]) => run({ argv: ['git', ...args], timeout: timeout * 1000 });
  const known = await git('-C', root, 'cat-file', '-e', `${commit}^{commit}`);
  if (!known.ok)
    return impossible(`the commit ${commit} is not in this repository`, {
      remedy: `Run \`git fetch origin ${commit}\`.`,
    });
  const top = await git('-C', root, 'rev-parse', '--show-toplevel');
  if (!top.ok) return top;
  // Nothing is written to this repository, so a killed run leaves only a temporary directory.
  const cloned = await git('clone', '--quiet', '--shared', '--no-checkout', top.value.stdout, clone);
  if (!cloned.ok) return cloned;
  const checkedOut = await git('-C', clone, 'checkout', '--quiet', '--detach', commit);
  if (!checkedOut.ok) return checkedOut;
  const workspace = join(clone, directory);
  const linked = await attempt('cannot link node_modules', () =>
    symlinkSync(join(root, 'node_modules'), join(workspace, 'node_modules')),
  );
  if (!linked.ok) return linked;
  const target = `${project}:${targetName('build-image', variant)}`;
  const nx = join(root, 'node_modules', '.bin', 'nx');
  const built = await run({
    argv: [nx, 'run', target, `--platforms=${platforms.join(',')}`, '--skip-nx-cache'],
    cwd: workspace,
    env: environmentIn(workspace, directoriesOf(root, process.env).cache),
    timeout: timeout * 6000,
  });
  if (!built.ok)
    return impossible(`${target} of ${commit} cannot be built here`, { why: built.failures[0]?.why });
  const image = await readDigestJson(imageDirectory(workspace, project, variant));
  return image.ok ? ok(image.value.index.digest) : image;
}

/** The environment of this process without what belongs to its own task and workspace. */
function environmentIn(workspace: string, cache: string): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    (one): one is [string, string] => one[1] !== undefined && !/^(NX_|PRISM_(DIR|AUDIT_DIR)$)/.test(one[0]),
  );
  return {
    ...Object.fromEntries(kept),
    NX_DAEMON: 'false',
    NX_TUI: 'false',
    NX_CACHE_DIRECTORY: join(workspace, '.nx', 'cache'),
    NX_WORKSPACE_DATA_DIRECTORY: join(workspace, '.nx', 'workspace-data'),
    PRISM_CACHE_DIR: cache,
  };
}
