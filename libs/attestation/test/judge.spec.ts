import type { Digest } from '@prism-build/oci';
import * as fc from 'fast-check';
import { makeProvenance, type ProvenanceFacts } from '../src/claims/provenance';
import { predicateTypes } from '../src/claims/statement';
import { type Evidence, findProvenance, judgeImage, type ManifestEvidence } from '../src/verify/judgeImage';
import { podmanFiles } from '../src/verify/podmanPolicy';
import { findRule, isAllowed, parseVerifyPolicy, type VerifyRule } from '../src/verify/verifyPolicy';

const digestOf = (digit: string) => `sha256:${digit.repeat(64)}` as Digest;
const repository = 'r.example/team/api';
const image = { registry: 'r.example', repository: 'team/api', digest: digestOf('1') };
const now = Date.parse('2026-11-29T06:00:00Z');

const facts: ProvenanceFacts = {
  ...{ project: 'api', variant: undefined, containerfile: 'Containerfile', platforms: ['linux/amd64'] },
  source: {
    uri: 'git+https://git.example/app',
    commit: 'a'.repeat(40),
    tree: 'b',
    directory: '',
    clean: true,
  },
  ...{ bases: [], files: [], runs: false, builder: 'https://ci.example/1', tool: '', run: undefined },
};
const provenanceOf = (digest: string, more: Partial<ProvenanceFacts> = {}, metadata = {}) => {
  const predicate = makeProvenance({ ...facts, ...more });
  Object.assign(predicate.runDetails, { metadata });
  return { predicateType: predicateTypes.provenance, subjects: [digest], predicate };
};
const sbomOf = (digest: string) => ({
  predicateType: predicateTypes.sbom,
  subjects: [digest],
  predicate: {},
});
const signed = (digest: Digest) => [{ digest, repository }];

function platform(digest: Digest, name: string, more: Partial<ManifestEvidence> = {}): ManifestEvidence {
  return {
    ...{ digest, platform: name, isIndex: false, signatures: signed(digest) },
    statements: [provenanceOf(digest), sbomOf(digest)],
    ...more,
  };
}
const index = (more: Partial<ManifestEvidence> = {}): ManifestEvidence => ({
  ...{
    digest: image.digest,
    platform: undefined,
    isIndex: true,
    signatures: signed(image.digest),
    statements: [],
  },
  ...more,
});
const amd64 = (more?: Partial<ManifestEvidence>) => platform(digestOf('2'), 'linux/amd64', more);
const arm64 = (more?: Partial<ManifestEvidence>) => platform(digestOf('3'), 'linux/arm64', more);
const rule: VerifyRule = {
  repositories: ['r.example/team'],
  keys: ['k.pub'],
  require: ['provenance', 'sbom'],
  builders: ['https://ci.example/*'],
  sources: ['git+https://git.example/app'],
};
const judge = (manifests: Evidence['manifests'], more: Partial<VerifyRule> = {}) =>
  judgeImage({ image, manifests }, { ...rule, ...more }, now);
const codesOf = (...of: Parameters<typeof judge>) => judge(...of).map(({ code }) => code);

test('an image with everything that the rule wants', () => {
  expect(judge([index(), amd64(), arm64()])).toEqual([]);
  expect(judge([index(), amd64(), arm64()], { platforms: ['linux/arm64'] })).toEqual([]);
  expect(judge([index(), amd64({ statements: [] })], { require: [] })).toEqual([]);
});

test('each fault is a reason of its own, and all are named', () => {
  const other = digestOf('9');
  expect(
    judge(
      [
        index({ signatures: [{ digest: image.digest, repository: 'r.example/other/api' }] }),
        amd64({ signatures: signed(image.digest), statements: [provenanceOf(other), sbomOf(other)] }),
        arm64({ signatures: [], statements: [] }),
      ],

      { platforms: ['linux/riscv64'] },
    ).map(({ code, what }) => `${code}: ${what.replaceAll(/(.)\1{63}/g, '$1')}`),
  ).toMatchInlineSnapshot(`
[
  "VERIFY_PLATFORM_MISSING: r.example/team/api@sha256:1 has no image for linux/riscv64, which the policy wants",
  "VERIFY_SIGNATURE_MISPLACED: the signature at r.example/team/api@sha256:1 is for the repository r.example/other/api",
  "VERIFY_SIGNATURE_MISPLACED: the signature at r.example/team/api@sha256:2 (linux/amd64) is for sha256:1",
  "VERIFY_ATTESTATION_MISPLACED: the provenance at r.example/team/api@sha256:2 (linux/amd64) is about sha256:9",
  "VERIFY_ATTESTATION_MISPLACED: the sbom at r.example/team/api@sha256:2 (linux/amd64) is about sha256:9",
  "VERIFY_UNSIGNED: r.example/team/api@sha256:3 (linux/arm64) has no signature that the policy allows",
  "VERIFY_ATTESTATION_MISSING: r.example/team/api@sha256:3 (linux/arm64) has no provenance that is signed as the policy wants",
  "VERIFY_ATTESTATION_MISSING: r.example/team/api@sha256:3 (linux/arm64) has no sbom that is signed as the policy wants",
]
`);
});

test('provenance: builder, source and clock', () => {
  const reasons = (more: Partial<ProvenanceFacts>, metadata = {}) =>
    codesOf([amd64({ statements: [provenanceOf(digestOf('2'), more, metadata), sbomOf(digestOf('2'))] })]);
  const refused = 'VERIFY_PROVENANCE_REFUSED';
  expect(reasons({})).toEqual([]);
  expect(reasons({ builder: 'urn:prism-build:local' })).toEqual([refused]);
  expect(reasons({ source: undefined })).toEqual([refused]);
  expect(
    reasons({ builder: 'x', source: { ...facts.source!, uri: 'git+https://git.example/app2' } }),
  ).toEqual([refused, refused]);
  expect(reasons({}, { finishedOn: '2026-11-29T06:04:00Z' })).toEqual([]);
  expect(reasons({}, { startedOn: '2026-11-29T06:06:00Z', finishedOn: 'soon' })).toEqual([
    'VERIFY_CLOCK',
    'VERIFY_CLOCK',
  ]);
  const strange = { predicateType: predicateTypes.provenance, subjects: [digestOf('2')], predicate: 'text' };
  expect(codesOf([amd64({ statements: [strange, sbomOf(digestOf('2'))] })])).toEqual([refused]);
  // One that the rule accepts is enough.
  expect(codesOf([amd64({ statements: [strange, ...amd64().statements] })])).toEqual([]);
});

test('a rebuild takes provenance whose commit gives the image', () => {
  const digest = digestOf('2');
  const dirty = provenanceOf(digest, { source: { ...facts.source!, clean: false } });
  const foreign = provenanceOf(digest, { builder: 'x' });
  const found = (statements: ManifestEvidence['statements']) =>
    findProvenance(image, amd64({ statements }), rule, now);
  expect(found([foreign, dirty, provenanceOf(digest)])).toEqual(provenanceOf(digest).predicate);
  expect(found([foreign, dirty])).toEqual(dirty.predicate);
  expect(found([foreign, provenanceOf(digestOf('9'))])).toBeUndefined();
});

test('whatever is missing, wrong or foreign, nothing but the whole is accepted', () => {
  const digests = fc.constantFrom(...['1', '2', '9'].map(digestOf));
  const names = fc.constantFrom(repository, 'r.example/team/apis', 'r.example/team', 'api');
  const claims = fc.array(fc.record({ digest: digests, repository: names }), { maxLength: 2 });
  const statements = fc.array(
    fc.oneof(
      digests.map((one) => provenanceOf(one)),
      digests.map(sbomOf),
    ),
    { maxLength: 4 },
  );
  fc.assert(
    fc.property(claims, claims, statements, (ofIndex, ofPlatform, attached) => {
      const has = (list: typeof ofIndex, digest: string) =>
        list.some((one) => one.digest === digest && one.repository === repository);
      const about = (type: string) =>
        attached.some((one) => one.predicateType === type && one.subjects.includes(digestOf('2')));
      const whole =
        has(ofIndex, digestOf('1')) &&
        has(ofPlatform, digestOf('2')) &&
        about(predicateTypes.provenance) &&
        about(predicateTypes.sbom);
      const reasons = judge([
        index({ signatures: ofIndex }),
        amd64({ signatures: ofPlatform, statements: attached }),
      ]);
      expect(reasons.length === 0).toBe(whole);
    }),
    { numRuns: 500 },
  );
});

test('the longest namespace decides, at borders of names', () => {
  const policy = parse({
    rules: [
      { ...rule, repositories: ['r.example'] },
      { ...rule, keys: ['own'], repositories: ['x', repository] },
    ],
  });
  if (!policy.ok) throw new Error('not read');
  const keys = (name: string) => {
    const found = findRule(policy.value, name);
    return found.ok ? found.value.keys : found.failures[0]!.code;
  };
  expect(keys(repository)).toEqual(['own']);
  expect(keys(`${repository}/sub`)).toEqual(['own']);
  expect(keys(`${repository}2`)).toEqual(['k.pub']);
  expect(keys('r.example2/team/api')).toBe('VERIFY_REPOSITORY_UNKNOWN');
  expect(isAllowed('git+https://git.example/app2', rule.sources!)).toBe(false);
});

const parse = (value: unknown) => parseVerifyPolicy(JSON.stringify(value, null, 2), 'verify-policy.json');

test('a policy that trusts too little to decide is refused, with lines', () => {
  const { builders: _, ...without } = rule;
  const wrong = parse({
    rules: [without, { ...rule, keys: [], extra: 1 }, { ...rule, repositories: ['https://r'] }],
  });
  const shown = wrong.ok ? [] : wrong.failures.map(({ code, what, at }) => `${code} ${at?.line}: ${what}`);
  expect(shown).toMatchInlineSnapshot(`
[
  "VERIFY_POLICY_INVALID 3: rules.0: needs \`builders\` and \`sources\`, because \`require\` has provenance",
  "VERIFY_POLICY_INVALID 22: rules.1.keys: Too small: expected array to have >=1 items",
  "VERIFY_POLICY_INVALID 33: rules.1: Unrecognized key: "extra"",
  "VERIFY_POLICY_INVALID 37: rules.2.repositories.0: is no repository or namespace such as registry.example/team",
]
`);
  expect(parse({ rules: [] }).ok).toBe(false);
  expect(parseVerifyPolicy('{', 'f').ok).toBe(false);
  expect(parse({ rules: [{ repositories: ['r.example'], keys: ['k'], require: ['sbom'] }] }).ok).toBe(true);
});

test('the files for podman and skopeo', () => {
  const files = podmanFiles([
    { namespace: 'r.example:5000/team', keys: ['PEM'] },
    { namespace: 'r.example/other', keys: ['A', 'B'] },
  ]);
  expect(files.map(({ name, text }) => `${name}\n${text}`).join('\n')).toMatchInlineSnapshot(`
"policy.json
{
  "default": [
    {
      "type": "reject"
    }
  ],
  "transports": {
    "docker": {
      "r.example/other": [
        {
          "keyDatas": [
            "QQ==",
            "Qg=="
          ],
          "signedIdentity": {
            "type": "matchRepository"
          },
          "type": "sigstoreSigned"
        }
      ],
      "r.example:5000/team": [
        {
          "keyData": "UEVN",
          "signedIdentity": {
            "type": "matchRepository"
          },
          "type": "sigstoreSigned"
        }
      ]
    }
  }
}

registries.d/prism.yaml
docker:
  "r.example:5000/team":
    use-sigstore-attachments: true
  "r.example/other":
    use-sigstore-attachments: true
"
`);
});
