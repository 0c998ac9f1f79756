import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ok, type Result } from '@prism-build/errors';
import type { Digest } from '@prism-build/oci';
import { pushCalls } from '@prism-build/registry';
import { type Command, run } from '@prism-build/shell';
import { installCosign } from '../../../test/support/cosign';
import { describeWith, dockerRegistry, openssl, skopeo } from '../../../test/support/needs';
import { makeRegistry, type Registry } from '../../../test/support/registry';
import { makeSigstore, type Sigstore } from '../../../test/support/sigstore';
import { good, makeSample } from '../../registry/test/images';
import {
  type Attestation,
  type Cosign,
  identityOf,
  type KeylessSigner,
  makeProvenance,
  openCosign,
  openRoots,
  signImage,
  verifyImage,
} from '../src';
import { parseVerifyPolicy } from '../src/verify/verifyPolicy';

jest.setTimeout(60_000);

const workflow = 'team/app/.github/workflows/release.yml@refs/heads/main';
const subject = `https://github.com/${workflow}`;

/** What Fulcio wants besides the workflow. */
const ofGitHub = Object.fromEntries(
  'repository ref sha workflow event_name job_workflow_sha repository_id repository_owner repository_owner_id repository_visibility run_attempt run_id runner_environment workflow_ref workflow_sha'
    .split(' ')
    .map((name) => [name, `${name} 1`]),
);

describeWith([skopeo, dockerRegistry, openssl], 'keyless signatures of a real registry', () => {
  let directory: string;
  let registry: Registry;
  let sigstore: Sigstore;
  let cosign: Cosign;
  let signer: KeylessSigner;
  let env: Record<string, string>;
  let settings: Pick<Parameters<typeof openCosign>[0], 'connection' | 'timeout' | 'patience'>;
  let commands: Command[] = [];
  const path = (name: string) => join(directory, name);
  const claims = { job_workflow_ref: workflow, ...ofGitHub };

  beforeAll(async () => {
    directory = fs.mkdtempSync(join(tmpdir(), 'prism-keyless-'));
    registry = await makeRegistry(path('registry'), 'memory');
    sigstore = await makeSigstore(path('sigstore'));
    fs.mkdirSync(path('docker'));
    fs.copyFileSync(registry.authFile(), path('docker/config.json'));
    const { SIGSTORE_ID_TOKEN: _, ...others } = process.env as Record<string, string>;
    env = {
      ...others,
      DOCKER_CONFIG: path('docker'),
      REGISTRY_AUTH_FILE: path('docker/config.json'),
      // Nothing may be fetched from the public instance.
      TUF_ROOT: path('none'),
      SIGSTORE_NO_CACHE: 'true',
    };
    const patience = { attempts: 1, delay: 0, sleep: () => Promise.resolve(), random: () => 0 };
    settings = { connection: { allowHttp: [] }, timeout: 60_000, patience };
    const recording = (command: Command) => {
      commands.push(command);
      return run(command);
    };
    cosign = openCosign({ ...settings, run: recording, program: installCosign(), env });
    signer = as(sigstore.token(claims));
  });
  afterAll(async () => {
    await sigstore?.stop();
    await registry?.stop();
    if (directory) fs.rmSync(directory, { recursive: true, force: true });
  });

  const as = (token: string, more: Partial<KeylessSigner> = {}): KeylessSigner => ({
    ...{ fulcio: sigstore.fulcio, rekor: sigstore.rekor, readToken: async () => ok(token) },
    trusted: { ...good(identityOf(token, {}, Date.now())), roots: good(openRoots(sigstore.roots)) },
    ...more,
  });
  function push(repository: string) {
    const { image, layout } = makeSample(directory, { lean: true });
    const from = `oci:${layout}`;
    const to = `docker://${registry.host}/${repository}@${image.index.digest}`;
    const options = ['--all', '--preserve-digests', '--dest-tls-verify=false', '-q'];
    execFileSync('skopeo', ['copy', ...options, from, to], { env, stdio: 'ignore' });
    const platforms = image.platforms.map(({ manifest }) => manifest.digest);
    return { to: { registry: registry.host, repository }, index: image.index.digest, platforms };
  }
  type Pushed = ReturnType<typeof push>;
  const attested = (digest: Digest): Attestation => ({
    ...{ digest, kind: 'provenance' },
    predicate: makeProvenance({
      ...{ project: 'api', variant: undefined, containerfile: 'Containerfile', platforms: [] },
      ...{
        source: undefined,
        bases: [],
        files: [],
        runs: false,
        builder: subject,
        tool: 'c',
        run: undefined,
      },
    }),
  });
  const sign = ({ to, index, platforms }: Pushed) =>
    signImage(
      cosign,
      signer,
      { to, digests: [index, ...platforms], attestations: [attested(platforms[0]!)] },
      path('lock'),
    );
  async function verify({ to, index }: Pushed, identity: object, sigstoreRoots = sigstore.roots) {
    const identities = [{ issuer: sigstore.issuer, subject, ...identity }];
    const rule = { repositories: [registry.host], identities, sigstoreRoots, require: [] };
    const policy = good(parseVerifyPolicy(JSON.stringify({ rules: [rule] }), 'verify-policy.json'));
    const tools = { ...settings, run, calls: pushCalls(settings.connection), cosign, env };
    const verifying = { policy, pathIn: (name: string) => name, layers: false, now: Date.now(), env: {} };
    return good(await verifyImage(tools, { ...to, digest: index }, verifying)).reasons.map(
      ({ code }) => code,
    );
  }
  const codeOf = (result: Result<unknown>) => (result.ok ? 'ok' : result.failures[0]!.code);
  let image: Pushed;

  test('an identity signs and attests, once; the log has each; no argument is a secret', async () => {
    image = push('signed');
    expect(good(await sign(image))).toEqual({ signatures: 3, attestations: 1 });
    expect(sigstore.entries()).toEqual(['hashedrekord', 'hashedrekord', 'hashedrekord', 'dsse']);
    expect(good(await sign(image))).toEqual({ signatures: 0, attestations: 0 });
    expect(sigstore.entries()).toHaveLength(4);
    const token = good(await signer.readToken());
    expect(commands.length).toBeGreaterThan(6);
    for (const { argv } of commands) expect(argv.join(' ')).not.toContain(token.slice(0, 20));
    commands = [];
  });

  test('the policy names identities, exactly or as a pattern; others count as no signature', async () => {
    const none = ['VERIFY_UNSIGNED', 'VERIFY_UNSIGNED', 'VERIFY_UNSIGNED'];
    expect(await verify(image, {})).toEqual([]);
    expect(await verify(image, { subject: 'https://github.com/team/app/.github/workflows/*' })).toEqual([]);
    expect(await verify(image, { subject: subject.replace('main', 'mai') })).toEqual(none);
    const at = { ...image.to, digest: image.index };
    const count = async (more: object) =>
      good(await cosign.readSignatures(at, { ...signer.trusted, ...more })).length;
    expect(await count({})).toBe(1);
    expect(await count({ issuer: 'https://issuer.example' })).toBe(0);
    // A pattern is no regular expression, and it has to fit from the beginning.
    expect(await count({ subject: 'https://github.com/team/appx/.github/*' })).toBe(0);
    expect(await count({ subject: 'https://github.com/team/app/xgithub/*' })).toBe(0);
    expect(await count({ subject: 'https://github.com/team/app/.github/workflows/.*' })).toBe(0);
    expect(await count({ subject: 'github.com/team/app/*' })).toBe(0);
  });

  test('a certificate of another authority, an entry of another log, and one made when it was not valid', async () => {
    const other = await makeSigstore(path('other'));
    await other.stop();
    const at = { ...image.to, digest: image.index };
    const count = async (roots: object) => {
      const trusted = { ...signer.trusted, roots: { ...signer.trusted.roots!, ...roots } };
      return good(await cosign.readSignatures(at, trusted)).length;
    };
    expect(await count({})).toBe(1);
    expect(await count({ fulcio: join(other.roots, 'fulcio.pem') })).toBe(0);
    expect(await count({ rekor: join(other.roots, 'rekor.pub') })).toBe(0);
    const late = push('late');
    const { now } = sigstore.clock;
    sigstore.clock.now = () => now() + 7 * 86_400;
    good(await cosign.sign(signer, late.to, [late.index]));
    sigstore.clock.now = now;
    expect(good(await cosign.readSignatures({ ...late.to, digest: late.index }, signer.trusted))).toEqual([]);
  });

  test('services that refuse or are gone, and roots that are not there', async () => {
    const token = sigstore.token({ ...claims, aud: 'another' });
    const refused = await cosign.sign(as(token), image.to, [image.index]);
    expect(codeOf(refused)).toBe('SIGN_KEYLESS_FAILED');
    expect(JSON.stringify(refused)).not.toContain(token.slice(0, 20));
    const gone = as(sigstore.token(claims), { fulcio: 'http://127.0.0.1:1' });
    expect(codeOf(await cosign.sign(gone, image.to, [image.index]))).toBe('SIGN_KEYLESS_FAILED');
    // Names of images may resemble those of the services.
    const unlogged = as(sigstore.token(claims), { rekor: 'http://127.0.0.1:1' });
    const noRegistry = { registry: '127.0.0.1:1', repository: 'fulcio/rekor' };
    expect(codeOf(await cosign.sign(unlogged, image.to, [image.index]))).toBe('SIGN_KEYLESS_FAILED');
    expect(codeOf(await cosign.sign(signer, noRegistry, [image.index]))).toBe('PUSH_UNREACHABLE');
    expect(codeOf(openRoots(path('docker')))).toBe('SIGN_ROOTS_MISSING');
  });

  test('nothing is asked to verify', async () => {
    await sigstore.stop();
    expect(await verify(image, {})).toEqual([]);
  });
});
