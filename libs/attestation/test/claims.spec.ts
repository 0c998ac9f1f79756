import * as fc from 'fast-check';
import { builderOf } from '../src/claims/builder';
import {
  coversProvenance,
  isClean,
  isReproducible,
  makeProvenance,
  type ProvenanceFacts,
  parseProvenance,
  sourceOf,
  sourceUri,
} from '../src/claims/provenance';
import { parseSignatures } from '../src/claims/signature';
import { parseStatements } from '../src/claims/statement';

const facts: ProvenanceFacts = {
  project: 'api',
  variant: 'debug',
  containerfile: 'apps/api/Containerfile',
  platforms: ['linux/amd64', 'linux/arm64'],
  source: {
    uri: 'git+https://git.example/team/app.git',
    commit: 'a'.repeat(40),
    tree: 'b'.repeat(40),
    directory: 'apps',
    clean: true,
  },
  bases: [{ name: 'docker.io/library/debian:12', digest: `sha256:${'1'.repeat(64)}` }],
  files: [{ path: 'containerfiles/go-builder/pin.json', digest: `sha256:${'2'.repeat(64)}` }],
  runs: false,
  builder: 'https://ci.example/runner/1',
  tool: 'c'.repeat(64),
  run: 'https://ci.example/jobs/7',
};

test('provenance of a build, in full', () => {
  expect(makeProvenance(facts)).toMatchInlineSnapshot(`
{
  "buildDefinition": {
    "buildType": "urn:prism-build:image:v1",
    "externalParameters": {
      "containerfile": "apps/api/Containerfile",
      "platforms": [
        "linux/amd64",
        "linux/arm64",
      ],
      "project": "api",
      "source": {
        "directory": "apps",
        "uri": "git+https://git.example/team/app.git",
      },
      "variant": "debug",
    },
    "internalParameters": {
      "clean": true,
      "reproducible": true,
      "tool": "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc",
    },
    "resolvedDependencies": [
      {
        "digest": {
          "gitCommit": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
          "gitTree": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
        },
        "name": "source",
        "uri": "git+https://git.example/team/app.git",
      },
      {
        "digest": {
          "sha256": "1111111111111111111111111111111111111111111111111111111111111111",
        },
        "uri": "docker://docker.io/library/debian:12",
      },
      {
        "digest": {
          "sha256": "2222222222222222222222222222222222222222222222222222222222222222",
        },
        "name": "containerfiles/go-builder/pin.json",
      },
    ],
  },
  "runDetails": {
    "builder": {
      "id": "https://ci.example/runner/1",
    },
    "metadata": {
      "invocationId": "https://ci.example/jobs/7",
    },
  },
}
`);
});

test('outside of git there is no source; a work tree with changes does not give the image', () => {
  const without = makeProvenance({ ...facts, source: undefined, variant: undefined, run: undefined });
  expect(without.buildDefinition.externalParameters).toEqual({
    project: 'api',
    containerfile: 'apps/api/Containerfile',
    platforms: ['linux/amd64', 'linux/arm64'],
  });
  expect(without.runDetails).toEqual({ builder: { id: 'https://ci.example/runner/1' } });
  expect(sourceOf(without)).toBeUndefined();
  const dirty = makeProvenance({ ...facts, source: { ...facts.source!, clean: false } });
  expect(dirty.buildDefinition.internalParameters).toMatchObject({ reproducible: false, clean: false });
});

test('with RUN commands of an engine, the commit is known, and it may give another image', () => {
  const runs = makeProvenance({ ...facts, runs: true });
  expect(runs.buildDefinition.internalParameters).toMatchObject({ reproducible: false, clean: true });
  expect([isClean(runs), isReproducible(runs)]).toEqual([true, false]);
  // Two pushes of a cached image add no second provenance; a clean one still replaces one with changes.
  expect(coversProvenance(runs, makeProvenance({ ...facts, runs: true }))).toBe(true);
  const dirty = makeProvenance({ ...facts, runs: true, source: { ...facts.source!, clean: false } });
  expect(coversProvenance(dirty, runs)).toBe(false);
});

test('a later commit that gives the same image needs no further provenance; a clean one replaces a dirty one', () => {
  const of = (more: Partial<ProvenanceFacts>) => makeProvenance({ ...facts, ...more });
  const source = facts.source!;
  const later = of({ source: { ...source, commit: 'd'.repeat(40) } });
  const dirty = of({ source: { ...source, clean: false } });
  expect(coversProvenance(of({}), later)).toBe(true);
  expect(coversProvenance(of({}), dirty)).toBe(true);
  expect(coversProvenance(dirty, of({}))).toBe(false);
  expect(coversProvenance(of({ builder: 'urn:other' }), of({}))).toBe(false);
  expect(coversProvenance(of({ source: { ...source, uri: 'git+https://fork' } }), of({}))).toBe(false);
  expect(coversProvenance({ anything: 1 }, of({}))).toBe(false);
});

test('git remotes as URIs, without passwords', () => {
  const cases: Record<string, string | undefined> = {
    'https://git.example/team/app.git\n': 'git+https://git.example/team/app.git',
    'https://someone:secret@git.example/app': 'git+https://git.example/app',
    'https://token@git.example/app': 'git+https://git.example/app',
    'git@git.example:team/app.git': 'git+ssh://git@git.example/team/app.git',
    'ssh://git@git.example:22/team/app.git': 'git+ssh://git@git.example:22/team/app.git',
    '/srv/git/app': 'git+file:///srv/git/app',
    '': undefined,
  };
  for (const [remote, uri] of Object.entries(cases))
    expect([remote, sourceUri(remote)]).toEqual([remote, uri]);
  const user = fc.stringMatching(/^[a-z]{8,12}$/);
  fc.assert(
    fc.property(user, fc.stringMatching(/^[A-Z0-9]{8,20}$/), (name, password) => {
      expect(sourceUri(`https://${name}:${password}@git.example/app`)).not.toContain(password);
    }),
  );
});

test('builders of CI services, and of a machine', () => {
  const github = {
    GITHUB_SERVER_URL: 'https://git.example',
    GITHUB_WORKFLOW_REF: 'o/r/.github/workflows/ci.yml@refs/heads/main',
    GITHUB_REPOSITORY: 'o/r',
    GITHUB_RUN_ID: '5',
  };
  expect(builderOf(github)).toEqual({
    id: 'https://git.example/o/r/.github/workflows/ci.yml@refs/heads/main',
    run: 'https://git.example/o/r/actions/runs/5/attempts/1',
  });
  const gitlab = {
    CI_PROJECT_URL: 'https://git.example/o/r',
    CI_RUNNER_ID: '3',
    CI_JOB_URL: 'https://git.example/j',
  };
  expect(builderOf(gitlab)).toEqual({
    id: 'https://git.example/o/r/-/runners/3',
    run: 'https://git.example/j',
  });
  expect(builderOf({})).toEqual({ id: 'urn:prism-build:local', run: undefined });
});

const payload = (digest: string, repository: string, type = 'cosign container image signature') => ({
  critical: {
    identity: { 'docker-reference': repository },
    image: { 'docker-manifest-digest': digest },
    type,
  },
  optional: null,
});
const envelope = (statement: object, payloadType = 'application/vnd.in-toto+json') =>
  JSON.stringify({
    payloadType,
    payload: Buffer.from(JSON.stringify(statement)).toString('base64'),
    signatures: [{ keyid: '', sig: 'MEU=' }],
  });
const statement = (subjects: readonly string[], predicate: unknown = {}) => ({
  _type: 'https://in-toto.io/Statement/v0.1',
  predicateType: 'https://slsa.dev/provenance/v1',
  subject: subjects.map((sha256) => ({ name: 'r.example/api', digest: { sha256 } })),
  predicate,
});

test('payloads of signatures: other types claim nothing, other texts are none', () => {
  const text = JSON.stringify([
    payload('sha256:1', 'r.example/api'),
    payload('sha256:2', 'x', 'something else'),
  ]);
  expect(parseSignatures(text)).toEqual([{ digest: 'sha256:1', repository: 'r.example/api' }]);
  expect(parseSignatures('')).toEqual([]);
  for (const wrong of ['{', '{}', '[{}]', '[null]']) expect(parseSignatures(wrong)).toBeUndefined();
});

test('statements: a line each; one that is none makes the whole answer unreadable', () => {
  const lines = [envelope(statement(['1', '2'], { a: 1 })), envelope(statement([]))].join('\n');
  expect(parseStatements(`${lines}\n`)).toEqual([
    {
      predicateType: 'https://slsa.dev/provenance/v1',
      subjects: ['sha256:1', 'sha256:2'],
      predicate: { a: 1 },
    },
    { predicateType: 'https://slsa.dev/provenance/v1', subjects: [], predicate: {} },
  ]);
  expect(parseStatements('')).toEqual([]);
  for (const wrong of ['x', '{}', envelope({}), envelope(statement(['1']), 'text/plain')])
    expect(parseStatements(`${lines}\n${wrong}`)).toBeUndefined();
});

test('what was written is read back; any other text neither throws nor claims', () => {
  const hex = fc.stringMatching(/^[0-9a-f]{64}$/);
  fc.assert(
    fc.property(
      fc.array(hex),
      fc.jsonValue(),
      hex,
      fc.string(),
      (subjects, predicate, digest, repository) => {
        const [read] = parseStatements(envelope(statement(subjects, predicate))) ?? [];
        expect(read?.subjects).toEqual(subjects.map((one) => `sha256:${one}`));
        expect(JSON.stringify(read?.predicate)).toBe(JSON.stringify(predicate));
        expect(parseSignatures(JSON.stringify([payload(digest, repository)]))).toEqual([
          { digest, repository },
        ]);
      },
    ),
  );
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      expect(parseSignatures(text) ?? []).toEqual([]);
      expect(parseStatements(text) ?? []).toEqual([]);
    }),
  );
  fc.assert(fc.property(fc.jsonValue(), (value) => expect(parseProvenance(value)).toBeUndefined()));
});
