import { type SourceFacts, sourceUri } from '@prism-build/attestation';
import { run } from '@prism-build/shell';

const TIMEOUT = 60_000;

/** What git says about the sources of a workspace; undefined outside of git, or before the first commit. */
export async function readGit(root: string): Promise<SourceFacts | undefined> {
  const git = async (...args: string[]) => {
    const done = await run({ argv: ['git', '-C', root, ...args], timeout: TIMEOUT });
    return done.ok ? done.value.stdout : undefined;
  };
  const [ids, remote, status, prefix] = await Promise.all([
    git('rev-parse', 'HEAD', 'HEAD^{tree}'),
    git('remote', 'get-url', 'origin'),
    git('status', '--porcelain', '--untracked-files=normal'),
    git('rev-parse', '--show-prefix'),
  ]);
  const [commit, tree] = ids?.split('\n') ?? [];
  if (!commit || !tree || status === undefined) return undefined;
  return {
    ...{ uri: sourceUri(remote ?? ''), commit, tree },
    directory: prefix?.replace(/\/$/, '') ?? '',
    clean: status === '',
  };
}
