import { type SourceFacts, sourceUri } from '@prism-build/attestation';
import { openGit } from '../nx/git';

/** What git says about the sources of a workspace; undefined outside of git, or before the first commit. */
export async function readGit(root: string): Promise<SourceFacts | undefined> {
  const git = openGit(root);
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
