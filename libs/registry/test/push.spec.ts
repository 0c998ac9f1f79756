import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureFailure, shellFailure } from '@prism-build/errors';
import { canonicalJson, type Json } from '@prism-build/oci';
import {
  encodeReceipt,
  judgePush,
  listPlaceholders,
  makeReceipt,
  makeReceiptSchema,
  makeTags,
  parseDestination,
  parseReceipt,
  parseRevoked,
  planPush,
  pushCalls,
} from '@prism-build/registry';
import { checkPrograms } from '../src/push/checkPrograms';
import { makeAuthFile } from '../src/push/credentials';
import { describePushFailure } from '../src/push/pushFailures';
import { checkBases, listLocked } from '../src/push/revoked';
import { good, makeSample, type SampleImage } from './images';

let directory: string;
let sample: SampleImage;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'prism-plan-'));
  sample = makeSample(directory);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const codesOf = (result: { ok: boolean; failures?: readonly { code: string }[] }) =>
  (result.failures ?? []).map(({ code }) => code);
const facts = { version: '1.2.0+b', commit: 'a'.repeat(40), dirty: false, branch: 'feature/X y' };
const namesOf = (rules: string[], more = {}, variant?: string) =>
  good(makeTags(rules, { ...facts, ...more }, variant, ['{version}', '{sha}'])).map(({ name }) => name);

test('tags by rule', () => {
  expect(namesOf(['v{version}', '{sha}', '{branch}', 'latest', 'latest'])).toEqual([
    'v1.2.0_b',
    'a'.repeat(12),
    'feature-X-y',
    'latest',
  ]);
  expect(namesOf(['latest', '{sha}'], { dirty: true }, 'debug')).toEqual([
    'latest-debug',
    `${'a'.repeat(12)}-dirty-debug`,
  ]);
  expect(listPlaceholders(['v{version}-{sha}', '{sha}'])).toEqual(['version', 'sha']);
});

test('tags of versions and commits are immutable; those of a changed work tree are not', () => {
  const immutable = (rule: string, dirty = false) =>
    good(makeTags([rule], { ...facts, dirty }, undefined, ['{version}', '{sha}']))[0]!.immutable;
  expect(['v{version}', '{sha}', 'latest', '{branch}'].map((rule) => immutable(rule))).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect(immutable('{sha}', true)).toBe(false);
});

test('each rule without a valid tag is a failure of its own', () => {
  const unknown = { version: undefined, commit: undefined, dirty: false, branch: undefined };
  const rules = ['{version}', '{sha}', '{branch}', '{nothing}', 'a b', '-x', '', 'x'.repeat(129), 'ü'];
  expect(codesOf(makeTags(rules, unknown, undefined, []))).toEqual(rules.map(() => 'PUSH_TAG_INVALID'));
  expect(codesOf(makeTags([], facts, undefined, []))).toEqual(['PUSH_TAG_INVALID']);
});

test('the registry is written out: a name without a host would be Docker Hub', () => {
  expect(good(parseDestination('127.0.0.1:5000/prism/', 'api'))).toEqual({
    registry: '127.0.0.1:5000',
    repository: 'prism/api',
  });
  expect(good(parseDestination('docker.io/team', 'api')).registry).toBe('docker.io');
  for (const bad of ['team', 'https://x.example', 'x.example/a:1', '', 'x.example/A', 'x.example//a'])
    expect(codesOf(parseDestination(bad, 'api'))).toEqual(['PUSH_REGISTRY_INVALID']);
});

const plan = (signs?: boolean) =>
  planPush(
    'api',
    sample.image,
    good(parseDestination('r.example/t', 'api')),
    [{ name: 'v1', rule: 'v1', immutable: true }],
    signs,
  );

test('a plan has each blob once, and tags come after everything', () => {
  const { blobs, bytes, steps, platforms } = plan();
  // Two configs, a shared layer, and an own one for each platform.
  expect(new Set(blobs.map(({ digest }) => digest)).size).toBe(5);
  expect(blobs).toHaveLength(5);
  expect(bytes).toBe(blobs.reduce((sum, { size }) => sum + size, 0));
  expect(platforms.map(({ platform }) => platform)).toEqual(['linux/amd64', 'linux/arm64']);
  expect(steps.map(({ kind }) => kind)).toEqual(['readTags', 'upload', 'tag', 'readBack']);
  const signed = plan(true).steps.map(({ kind }) => kind);
  expect(signed).toEqual(['readTags', 'upload', 'sign', 'tag', 'readBack']);
});

test('only loopback and named hosts may do without TLS; credentials are never arguments', () => {
  const upload = (registry: string, allowHttp: string[] = [], certDir?: string) =>
    pushCalls({ allowHttp, certDir }).upload('/l', { registry, repository: 'a', tag: 'b' });
  expect(upload('127.0.0.1:5000')).toContain('--dest-tls-verify=false');
  expect(upload('r.example:5000', ['r.example:5000'])).toContain('--dest-tls-verify=false');
  expect(upload('r.example', ['other.example'])).not.toContain('--dest-tls-verify=false');
  expect(upload('r.example', [], '/certs')).toContain('--dest-cert-dir=/certs');
  expect(upload('r.example').join(' ')).toContain('--preserve-digests --format=oci --all');
});

test('credentials: variables, then what skopeo finds itself, then the credential store of Docker', () => {
  const make = (env = {}, dockerConfig = '{}', authJson = '{}') =>
    makeAuthFile('r.example', { env, dockerConfig, authJson, authFile: 'the file' });
  expect(JSON.parse(make({ PRISM_REGISTRY_USER: 'u', PRISM_REGISTRY_PASSWORD: 'p' })!)).toEqual({
    auths: { 'r.example': { auth: 'dTpw' } },
  });
  const store = '{"credsStore":"desktop","auths":{"r.example":{}}}';
  expect(make({}, store)).toBe('{"credHelpers":{"r.example":"desktop"}}');
  expect(make({ REGISTRY_AUTH_FILE: 'f' }, store)).toBe('the file');
  const login = '{"auths":{"r.example":{"auth":"eDp5"}}}';
  expect(make({}, store, login)).toBe(login);
  expect(make({}, 'not JSON')).toBeUndefined();
});

test('messages of skopeo become codes', () => {
  const codeOf = (why: string) =>
    describePushFailure(
      { registry: 'r.example:5000', repository: 'a', tag: 'b' },
      shellFailure('COMMAND_FAILED', { what: 'status 1', why: `time="x" level=fatal msg="${why}"` }),
    ).code;
  const messages = {
    'unauthorized: authentication required': 'PUSH_DENIED',
    'received unexpected HTTP status: 413 Request Entity Too Large': 'PUSH_TOO_LARGE',
    'denied: quota exceeded': 'PUSH_TOO_LARGE',
    'http: server gave HTTP response to HTTPS client': 'PUSH_PLAIN_HTTP',
    'x509: certificate signed by unknown authority': 'PUSH_UNTRUSTED',
    'remote error: tls: bad certificate': 'PUSH_UNTRUSTED',
    'name unknown: repository name not known to registry': 'PUSH_REPOSITORY_MISSING',
    'dial tcp 10.0.0.1:5403: connect: connection refused': 'PUSH_UNREACHABLE',
    'http2: client conn could not be established': 'PUSH_UNREACHABLE',
    'received unexpected HTTP status: 502 Bad Gateway': 'PUSH_UNREACHABLE',
    'something new': 'PUSH_FAILED',
  };
  for (const [message, code] of Object.entries(messages))
    expect([message, codeOf(message)]).toEqual([message, code]);
});

const programsOf = (architectures: Record<string, string>, links: Record<string, string> = {}) => ({
  architectures: new Map(Object.entries(architectures)),
  links: new Map(Object.entries(links)),
});

test('the program that starts is for the platform, through links; foreign programs beside it are fine', () => {
  const [amd64] = sample.image.platforms;
  const check = (entrypoint: string[], programs: ReturnType<typeof programsOf>, workingDir = '') =>
    checkPrograms('api', { ...amd64!, entrypoint, workingDir }, programs).map(({ what }) => what);
  const links = { bin: 'usr/bin', 'usr/bin/python3': 'python3.13', loop: 'loop' };
  const mixed = programsOf({ 'usr/bin/python3.13': 'arm64', 'opt/tool': 'amd64' }, links);
  const wrong = ['api for linux/amd64: /usr/bin/python3.13 is compiled for arm64'];
  expect(check(['/bin/python3'], mixed)).toEqual(wrong);
  expect(check(['python3'], mixed)).toEqual(wrong);
  expect(check(['bin/python3'], mixed, '/')).toEqual(wrong);
  expect(check(['/opt/tool'], mixed)).toEqual([]);
  expect(check(['/loop'], mixed)).toEqual([]);
  expect(check([], programsOf({ a: 'arm64', b: 'arm64' }))).toHaveLength(1);
  expect(check(['/a'], programsOf({ a: '386' }))).toEqual([]);
  expect(check(['/script'], programsOf({}))).toEqual([]);
});

test('the gate names every reason, not the first', () => {
  const { digest } = sample.image.index;
  const gate = (more = {}) =>
    judgePush({
      name: 'api',
      image: sample.image,
      platforms: ['linux/amd64', 'linux/arm64'],
      programs: [programsOf({}), programsOf({})],
      scan: { ok: true, allowed: true, digest, text: '' },
      excesses: [],
      changes: undefined,
      bases: [],
      revoked: new Map(),
      ...more,
    }).map(({ code }) => code);
  expect(gate()).toEqual([]);
  expect(gate({ changes: '' })).toEqual([]);
  expect(
    gate({
      platforms: ['linux/amd64', 'linux/arm64', 'linux/riscv64'],
      programs: [programsOf({ a: 'arm64' }), programsOf({ a: 'amd64' })],
      scan: { ok: true, allowed: false, digest, text: 'why' },
      changes: ' M file',
    }),
  ).toEqual([
    'PUSH_PLATFORM_MISSING',
    'PUSH_PLATFORM_WRONG',
    'PUSH_PLATFORM_WRONG',
    'PUSH_BLOCKED',
    'PUSH_TREE_DIRTY',
  ]);
  expect(gate({ scan: { ok: true, allowed: true, digest: `sha256:${'0'.repeat(64)}`, text: '' } })).toEqual([
    'PUSH_IMAGE_CHANGED',
  ]);
  const excesses = [measureFailure('BUDGET_EXCEEDED', { what: 'api exceeds maxSize' })];
  expect(gate({ excesses })).toEqual(['BUDGET_EXCEEDED']);
  const failures = [shellFailure('COMMAND_NOT_FOUND', { what: 'no scanner' })];
  expect(gate({ scan: { ok: false, failures } })).toEqual(['COMMAND_NOT_FOUND']);
});

test('revoked bases, by layer and by lock', () => {
  const [index, manifest, other] = ['1', '2', '3'].map((one) => `sha256:${one.repeat(64)}` as const);
  const descriptor = { mediaType: 'x', digest: manifest!, size: 1 };
  const platform = { manifest: descriptor, config: descriptor, layers: [], settings: {}, history: [] };
  const images = {
    'docker.io/library/debian:12': { digest: index!, platforms: { 'linux/amd64': platform } },
  };
  const bases = listLocked({ version: 1, images }, 'api/images.lock.json');
  const revoke = (...digests: (string | undefined)[]) => new Map(digests.map((one) => [one!, 'leaked']));
  const check = (revoked: ReadonlyMap<string, string>, image = sample.image) =>
    checkBases('api', image, bases, revoked).map(({ what, why }) => `${what}: ${why}`);
  expect(check(revoke(other))).toEqual([]);
  for (const digest of [index, manifest])
    expect(check(revoke(digest))).toEqual([
      `api is built from docker.io/library/debian:12 ${digest}, which is revoked: leaked`,
    ]);
  const [first, ...rest] = sample.image.platforms;
  const layers = first!.layers.map((layer) => ({ ...layer, origin: { base: other! } }));
  const image = { ...sample.image, platforms: [{ ...first!, layers }, ...rest] };
  expect(check(revoke(other), image)).toEqual([
    `api is built from a base ${other}, which is revoked: leaked`,
  ]);
});

test.each(['', '[]', '{"sha256:1":"x"}', `{"sha256:${'1'.repeat(64)}":""}`, '{"a":1}'])(
  'the list of revoked bases %s is refused',
  (text) => {
    expect(codesOf(parseRevoked(text, 'revoked-bases.json'))).toEqual(['PUSH_REVOKED_INVALID']);
  },
);

test('a receipt is read back as it was written; others are not receipts', () => {
  const { digest } = sample.image.index;
  const gate = { scan: 'allow', digest, commit: null, clean: null, audit: `7:${digest}` } as const;
  const receipt = makeReceipt(plan(), new Map([['v1', sample.image.index.digest]]), gate, 0);
  expect(receipt.pushedAt).toBe('1970-01-01T00:00:00.000Z');
  expect(parseReceipt(encodeReceipt(receipt))).toEqual(receipt);
  expect(parseReceipt('{}')).toBeUndefined();
  expect(parseReceipt('')).toBeUndefined();
  expect(parseReceipt(encodeReceipt({ ...receipt, schemaVersion: 2 as 1 }))).toBeUndefined();
});

test('receipt.schema.json is fresh (UPDATE_SCHEMA=1 writes it)', () => {
  const file = join(__dirname, '..', 'receipt.schema.json');
  const text = `${canonicalJson(makeReceiptSchema() as Json, 2)}\n`;
  if (process.env.UPDATE_SCHEMA) writeFileSync(file, text);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(text));
});
