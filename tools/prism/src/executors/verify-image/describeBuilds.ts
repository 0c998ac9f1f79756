import {
  isClean,
  isReproducible,
  type Provenance,
  sourceOf,
  type Verification,
} from '@prism-build/attestation';
import { all, distinctFailures, failed, ok, type Result, verifyFailure } from '@prism-build/errors';
import { formatReference } from '@prism-build/registry';

/** A build that provenance describes. */
export interface Described {
  readonly commit: string;
  /** The workspace's directory in the repository. */
  readonly directory: string;
  readonly platforms: readonly string[];
  /** Whether no engine executed RUN commands. */
  readonly reproducible: boolean;
}

/** Failure: VERIFY_REBUILD_IMPOSSIBLE. */
export function impossible(
  what: string,
  more: { readonly why?: string | undefined; readonly remedy?: string } = {},
) {
  return failed(verifyFailure('VERIFY_REBUILD_IMPOSSIBLE', { what, ...more }));
}

/**
 * The builds that the provenance of the platforms describes, one for each commit. Failures: VERIFY_REBUILD_IMPOSSIBLE, each once.
 */
export function describeBuilds(
  project: string,
  variant: string | undefined,
  { image, platforms }: Verification,
): Result<readonly Described[]> {
  const found = platforms.flatMap(({ provenance }) => provenance ?? []);
  if (found.length === 0)
    return impossible(`${formatReference(image)} has no provenance that the policy accepts`);
  const builds = all(found.map((one) => describeBuild(project, variant, one)));
  if (!builds.ok) return failed(...distinctFailures(builds.failures));
  return ok([...new Map(builds.value.map((one) => [one.commit, one])).values()]);
}

function describeBuild(
  project: string,
  variant: string | undefined,
  provenance: Provenance,
): Result<Described> {
  const commit = sourceOf(provenance)?.digest?.gitCommit;
  const about = parametersOf(provenance);
  if (about.project !== project || about.variant !== variant)
    return impossible(`the provenance is of ${about.project}, and this is ${project}`, {
      remedy: 'Run verify-image of that project.',
    });
  if (!commit || !/^[0-9a-f]{40,64}$/.test(commit)) return impossible('the provenance names no commit');
  if (!isClean(provenance))
    return impossible(`the image was built from ${commit} with changes that were not committed`);
  return ok({
    ...{ commit, directory: about.directory, platforms: about.platforms },
    reproducible: isReproducible(provenance),
  });
}

function parametersOf({ buildDefinition: { externalParameters } }: Provenance) {
  const { project, variant, platforms, source } = externalParameters;
  const directory = (source as { readonly directory?: unknown } | undefined)?.directory;
  return {
    project,
    variant,
    platforms: Array.isArray(platforms) ? platforms.map(String) : [],
    // A path out of the clone would build something else.
    directory: typeof directory === 'string' && !directory.split('/').includes('..') ? directory : '',
  };
}
