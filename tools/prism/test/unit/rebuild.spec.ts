import type { Provenance, Verification } from '@prism-build/attestation';
import { failed, ok, shellFailure } from '@prism-build/errors';
import { describeBuilds } from '../../src/executors/verify-image/describeBuilds';
import { compareBuilds } from '../../src/executors/verify-image/rebuildImage';

const digest = (digit: string) => `sha256:${digit.repeat(64)}` as const;
const commit = (digit: string) => digit.repeat(40);
const image = { registry: 'r.example', repository: 'api', digest: digest('1') };

/** Provenance of a platform that was last changed by a commit. */
function provenanceOf(of: string, { project = 'api', clean = true, runs = false } = {}): Provenance {
  return {
    buildDefinition: {
      buildType: 'urn:prism-build:image:v1',
      externalParameters: {
        project,
        platforms: ['linux/amd64', 'linux/arm64'],
        source: { directory: 'apps' },
      },
      internalParameters: { clean, reproducible: clean && !runs },
      resolvedDependencies: [{ name: 'source', digest: { gitCommit: commit(of) } }],
    },
    runDetails: { builder: { id: 'https://ci.example' } },
  };
}
const verified = (...provenances: (Provenance | undefined)[]): Verification => ({
  image,
  reasons: [],
  platforms: provenances.map((provenance, at) => ({
    platform: ['linux/amd64', 'linux/arm64'][at],
    digest: digest(`${at + 2}`),
    provenance,
  })),
});

/** Rebuilds where each commit gives an image, and lists the commits that were built. */
async function rebuild(verification: Verification, gives: Record<string, string | undefined>) {
  const described = describeBuilds('api', undefined, verification);
  if (!described.ok) return { built: [], reasons: described.failures.map(({ what }) => what) };
  const built: string[] = [];
  const reasons = await compareBuilds(image, described.value, async ({ commit: of }) => {
    built.push(of[0]!);
    const given = gives[of[0]!];
    return given ? ok(given) : failed(shellFailure('COMMAND_FAILED', { what: 'does not compile' }));
  });
  return { built, reasons: reasons.map(({ code, what, why = '' }) => `${code} ${what} ${why}`.trim()) };
}

test('platforms of one commit: one build, of all platforms, in the directory of the workspace', async () => {
  const both = verified(provenanceOf('a'), provenanceOf('a'));
  expect(describeBuilds('api', undefined, both)).toEqual({
    ok: true,
    value: [
      {
        commit: commit('a'),
        directory: 'apps',
        platforms: ['linux/amd64', 'linux/arm64'],
        reproducible: true,
      },
    ],
  });
  expect(await rebuild(both, { a: image.digest })).toEqual({ built: ['a'], reasons: [] });
});

test('platforms of several commits: the image is confirmed by the commit that gives all of it', async () => {
  const older = verified(provenanceOf('a'), provenanceOf('b'));
  expect(await rebuild(older, { a: digest('8'), b: image.digest })).toEqual({
    built: ['a', 'b'],
    reasons: [],
  });
  expect(await rebuild(older, { a: undefined, b: image.digest })).toEqual({ built: ['a', 'b'], reasons: [] });
  expect(await rebuild(older, { a: image.digest })).toEqual({ built: ['a'], reasons: [] });
});

test('platforms of several commits, none of which gives the image: a reason for each', async () => {
  const older = verified(provenanceOf('a'), provenanceOf('b'));
  expect((await rebuild(older, { a: digest('8'), b: undefined })).reasons).toEqual([
    `VERIFY_REBUILD_DIFFERS the commit ${commit('a')} gives ${digest('8')}, and not r.example/api@${digest('1')}`,
    'COMMAND_FAILED does not compile',
  ]);
});

test('RUN commands of an engine: the commit is built, and a difference is explained', async () => {
  const runs = verified(provenanceOf('a', { runs: true }));
  expect(await rebuild(runs, { a: image.digest })).toEqual({ built: ['a'], reasons: [] });
  expect((await rebuild(runs, { a: digest('8') })).reasons).toEqual([
    expect.stringMatching(/^VERIFY_REBUILD_DIFFERS .* An engine executed RUN commands for the image,/),
  ]);
});

test('what cannot be built again is named, and nothing is built', async () => {
  const cases = [
    [verified(undefined), /no provenance that the policy accepts/],
    [verified(provenanceOf('a'), provenanceOf('b', { clean: false })), /changes that were not committed/],
    [verified(provenanceOf('a', { project: 'web' })), /the provenance is of web, and this is api/],
    [verified(provenanceOf('x')), /names no commit/],
  ] as const;
  for (const [verification, reason] of cases)
    expect(await rebuild(verification, {})).toEqual({ built: [], reasons: [expect.stringMatching(reason)] });
});
