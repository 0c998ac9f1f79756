import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Result } from '@prism-build/errors';
import type { Digest } from '@prism-build/oci';
import { pushCalls } from '@prism-build/registry';
import { run } from '@prism-build/shell';
import { installCosign } from '../../../test/support/cosign';
import { describeWith, dockerRegistry, skopeo } from '../../../test/support/needs';
import { makeRegistry, type Registry } from '../../../test/support/registry';
import { good, makeSample } from '../../registry/test/images';
import {
  type Attestation,
  type Cosign,
  type KeySigner,
  makeProvenance,
  openCosign,
  podmanFiles,
  predicateTypes,
  signImage,
  verifyImage,
} from '../src';
import type { CosignTools } from '../src/cosign/cosign';
import { parseVerifyPolicy } from '../src/verify/verifyPolicy';

jest.setTimeout(120_000);

describeWith([skopeo, dockerRegistry], 'signatures and attestations of a real registry', () => {
  let directory: string;
  let registry: Registry;
  let env: Record<string, string>;
  let cosign: Cosign;
  let signer: KeySigner;
  let other: KeySigner;
  let settings: Omit<CosignTools, 'env'>;
  const path = (name: string) => join(directory, name);
  const patience = { attempts: 1, delay: 0, sleep: () => Promise.resolve(), random: () => 0 };

  beforeAll(async () => {
    const program = installCosign();
    settings = { run, program, connection: { allowHttp: [] }, timeout: 60_000, patience };
    directory = fs.mkdtempSync(join(tmpdir(), 'prism-sign-'));
    registry = await makeRegistry(path('registry'), 'memory');
    fs.mkdirSync(path('docker'));
    admitTo(registry);
    env = {
      ...(process.env as Record<string, string>),
      COSIGN_PASSWORD: 'a secret',
      DOCKER_CONFIG: path('docker'),
      REGISTRY_AUTH_FILE: path('docker/config.json'),
    };
    cosign = openCosign({ ...settings, env });
    const open = async (name: string): Promise<KeySigner> => {
      execFileSync(program, ['generate-key-pair', `--output-key-prefix=${path(name)}`], {
        env,
        stdio: 'ignore',
      });
      const key = path(`${name}.key`);
      return { key, trusted: good(await cosign.readKey(key)) };
    };
    [signer, other] = [await open('release'), await open('other')];
  });
  afterAll(async () => {
    await registry?.stop();
    if (directory) fs.rmSync(directory, { recursive: true, force: true });
  });

  /** Writes the password of one more registry to where skopeo and cosign find it. */
  function admitTo(more: Registry) {
    const file = path('docker/config.json');
    const { auths = {} } = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : {};
    const added = JSON.parse(fs.readFileSync(more.authFile(), 'utf8')).auths;
    fs.writeFileSync(file, JSON.stringify({ auths: { ...auths, ...added } }));
  }
  const copy = (from: string, to: string) =>
    execFileSync(
      'skopeo',
      [
        'copy',
        '-q',
        '--all',
        '--preserve-digests',
        '--src-tls-verify=false',
        '--dest-tls-verify=false',
        from,
        to,
      ],
      { env, stdio: 'ignore' },
    );
  const at = (name: string, rest: string) => `docker://${registry.host}/${name}${rest}`;
  const tagOf = (digest: string, kind: 'sig' | 'att') => `:${digest.replace(':', '-')}.${kind}`;

  /** Pushes an image of two platforms, unlike every other, to a repository of its own. */
  async function push(name: string, host = registry.host) {
    const { image, layout } = makeSample(directory);
    copy(`oci:${layout}`, `docker://${host}/${name}@${image.index.digest}`);
    const manifests = image.platforms.map(({ manifest }) => manifest.digest);
    const to = { registry: host, repository: name };
    return {
      name,
      image,
      to,
      index: image.index.digest,
      manifests,
      digests: [image.index.digest, ...manifests],
    };
  }
  type Image = Awaited<ReturnType<typeof push>>;

  const provenance = (builder = 'https://ci.example/runner') =>
    makeProvenance({
      ...{
        project: 'api',
        variant: undefined,
        containerfile: 'api/Containerfile',
        platforms: ['linux/amd64'],
      },
      source: {
        uri: 'git+https://git.example/app',
        commit: 'a'.repeat(40),
        tree: 'b'.repeat(40),
        directory: '',
        clean: true,
      },
      ...{ bases: [], files: [], runs: false, builder, tool: 'c', run: undefined },
    });
  const attestations = ({ manifests }: Image): Attestation[] =>
    manifests.flatMap((digest) => [
      { digest, kind: 'provenance' as const, predicate: provenance() },
      {
        digest,
        kind: 'sbom' as const,
        predicate: { bomFormat: 'CycloneDX', specVersion: '1.6', components: [] },
      },
    ]);
  const sign = ({ to }: Image, digests: readonly Digest[], more: readonly Attestation[]) =>
    signImage(cosign, signer, { to, digests, attestations: more }, path('lock'));
  /** Signs all manifests, by one call of cosign. */
  const signOnly = async ({ to, index, manifests }: Image, by = signer) =>
    good(await cosign.sign(by, to, [index, ...manifests]));
  const attach = async ({ to }: Image, { digest, kind, predicate }: Attestation) =>
    good(await cosign.attest(signer, { ...to, digest }, predicateTypes[kind], JSON.stringify(predicate)));

  function verify(
    to: Image['to'],
    digest: Digest,
    {
      layers = false,
      now = Date.now(),
      platforms = ['linux/amd64', 'linux/arm64'],
      require = ['provenance', 'sbom'],
    } = {},
  ) {
    const rule = {
      repositories: [to.registry],
      keys: ['release.pub'],
      builders: ['https://ci.example/*'],
      sources: ['git+https://git.example/app'],
      platforms,
      require,
    };
    const policy = good(parseVerifyPolicy(JSON.stringify({ rules: [rule] }), 'verify-policy.json'));
    const calls = pushCalls(settings.connection);
    const tools = { ...settings, calls, cosign, env };
    return verifyImage(tools, { ...to, digest }, { policy, pathIn: path, layers, now, env: {} });
  }
  const reasonsOf = async (verified: ReturnType<typeof verify>) =>
    good(await verified).reasons.map(({ code, what }) => `${code} ${what}`);
  const codeOf = (result: Result<unknown>) => (result.ok ? 'ok' : result.failures[0]!.code);

  /** Signed and attested by the first test; the others only read it. */
  let signed: Image;

  test('a signed image is accepted, and signing again adds nothing', async () => {
    signed = await push('signed');
    expect(good(await sign(signed, signed.digests, attestations(signed)))).toEqual({
      signatures: 3,
      attestations: 4,
    });
    expect(good(await sign(signed, signed.digests, attestations(signed)))).toEqual({
      signatures: 0,
      attestations: 0,
    });
    expect(await reasonsOf(verify(signed.to, signed.index, { layers: true }))).toEqual([]);
  });

  test('unsigned, and signed by another key: each manifest is named', async () => {
    const image = await push('foreign');
    const unsigned = await reasonsOf(verify(image.to, image.index));
    expect(unsigned.filter((one) => one.startsWith('VERIFY_UNSIGNED'))).toHaveLength(3);
    expect(unsigned.filter((one) => one.startsWith('VERIFY_ATTESTATION_MISSING'))).toHaveLength(4);
    await signOnly(image, other);
    expect(await reasonsOf(verify(image.to, image.index))).toEqual(unsigned);
  });

  test('a signature copied to another repository', async () => {
    const to = { ...signed.to, repository: 'second' };
    copy(at('signed', `@${signed.index}`), at('second', `@${signed.index}`));
    for (const digest of signed.digests)
      copy(at('signed', tagOf(digest, 'sig')), at('second', tagOf(digest, 'sig')));
    const reasons = await reasonsOf(verify(to, signed.index, { require: [] }));
    expect(reasons).toHaveLength(3);
    for (const reason of reasons)
      expect(reason).toMatch(/^VERIFY_SIGNATURE_MISPLACED .*is for the repository 127\.0\.0\.1:\d+\/signed$/);
  });

  test('the signature of an index moved to a platform, and a platform instead of the index', async () => {
    const image = await push('moved');
    const [amd64] = image.manifests;
    await signOnly(image);
    expect(await reasonsOf(verify(image.to, amd64!, { require: [] }))).toEqual([
      expect.stringMatching(/^VERIFY_PLATFORM_MISSING .*linux\/amd64/),
      expect.stringMatching(/^VERIFY_PLATFORM_MISSING .*linux\/arm64/),
    ]);
    copy(at('moved', tagOf(image.index, 'sig')), at('moved', tagOf(amd64!, 'sig')));
    const reasons = await reasonsOf(verify(image.to, image.index, { require: [] }));
    expect(reasons).toEqual([expect.stringMatching(`^VERIFY_SIGNATURE_MISPLACED .*for ${image.index}$`)]);
  });

  test('attestations swapped between two images', async () => {
    const image = await push('swapped');
    await signOnly(image);
    for (const one of attestations(image).slice(2)) await attach(image, one);
    copy(at('signed', tagOf(signed.manifests[0]!, 'att')), at('swapped', tagOf(image.manifests[0]!, 'att')));
    const reasons = await reasonsOf(verify(image.to, image.index));
    expect(reasons).toHaveLength(2);
    for (const reason of reasons) expect(reason).toMatch(`VERIFY_ATTESTATION_MISPLACED the`);
    expect(reasons[0]).toContain(`is about ${signed.manifests[0]}`);
  });

  test('four writers at once to one digest: all attestations are there afterwards', async () => {
    const image = await push('parallel');
    const [digest] = image.manifests;
    const builders = [1, 2, 3, 4].map((one) => `https://ci.example/${one}`);
    const done = await Promise.all(
      builders.map((builder) =>
        sign(image, [], [{ digest: digest!, kind: 'provenance', predicate: provenance(builder) }]),
      ),
    );
    expect(done.map(good).map((one) => one.attestations)).toEqual([1, 1, 1, 1]);
    const type = 'https://slsa.dev/provenance/v1';
    const found = good(await cosign.readStatements({ ...image.to, digest: digest! }, signer.trusted, type));
    const ids = found.map(
      ({ predicate }) => (predicate as ReturnType<typeof provenance>).runDetails.builder.id,
    );
    expect(ids.sort()).toEqual(builders);
  });

  test('a layer that the registry altered: found by comparing layers', async () => {
    // Only this one keeps its content in files.
    const onDisk = await makeRegistry(path('altered'));
    try {
      admitTo(onDisk);
      const image = await push('altered', onDisk.host);
      await signOnly(image);
      const [layer] = image.image.platforms[0]!.layers;
      const hex = layer!.digest.slice('sha256:'.length);
      fs.writeFileSync(
        join(onDisk.storage, `docker/registry/v2/blobs/sha256/${hex.slice(0, 2)}/${hex}/data`),
        'other',
      );
      expect(await reasonsOf(verify(image.to, image.index, { require: [] }))).toEqual([]);
      expect(codeOf(await verify(image.to, image.index, { layers: true, require: [] }))).toBe(
        'IMAGE_ALTERED',
      );
    } finally {
      await onDisk.stop();
    }
  });

  test('provenance of a builder whose clock is ahead', async () => {
    const image = await push('clock');
    const [digest] = image.manifests;
    const predicate = provenance();
    predicate.runDetails.metadata = { finishedOn: '2200-01-01T00:00:00Z' };
    await attach(image, { digest: digest!, kind: 'provenance', predicate });
    const reasons = await reasonsOf(verify(image.to, image.index, { require: ['provenance'] }));
    expect(reasons.filter((one) => one.startsWith('VERIFY_CLOCK'))).toHaveLength(1);
  });

  test('keys that cannot be used, and a registry that is gone', async () => {
    const image = signed;
    const wrong = openCosign({ ...settings, env: { ...env, COSIGN_PASSWORD: 'wrong password' } });
    const failed = await wrong.readKey(signer.key);
    expect(codeOf(failed)).toBe('SIGN_KEY_INVALID');
    expect(JSON.stringify(failed)).not.toContain('wrong password');
    expect(codeOf(await cosign.sign({ ...signer, key: path('none.key') }, image.to, [image.index]))).toBe(
      'SIGN_KEY_INVALID',
    );
    const inVariable = openCosign({ ...settings, env: { ...env, KEY: fs.readFileSync(signer.key, 'utf8') } });
    expect(good(await inVariable.readKey('env://KEY')).id).toBe(signer.trusted.id);
    const gone = { ...image.to, registry: '127.0.0.1:1' };
    expect(codeOf(await cosign.sign(signer, gone, [image.index]))).toBe('PUSH_UNREACHABLE');
    expect(codeOf(await cosign.readSignatures({ ...gone, digest: image.index }, signer.trusted))).toBe(
      'REGISTRY_UNREACHABLE',
    );
    const denied = openCosign({
      ...settings,
      env: { ...env, DOCKER_CONFIG: path('none'), REGISTRY_AUTH_FILE: '' },
    });
    expect(codeOf(await denied.sign(signer, image.to, [image.index]))).toBe('PUSH_DENIED');
    expect(codeOf(await denied.readSignatures({ ...image.to, digest: image.index }, signer.trusted))).toBe(
      'REGISTRY_DENIED',
    );
  });

  test('skopeo reads the policy that is written for it, and refuses an image without a signature', async () => {
    const unsigned = await push('unsigned');
    for (const { name, text } of podmanFiles([{ namespace: registry.host, keys: [signer.trusted.pem] }])) {
      fs.mkdirSync(path('registries.d'), { recursive: true });
      fs.writeFileSync(path(name), text);
    }
    const pull = ({ name, index }: Image) => {
      const out = path(`pulled-${name}`);
      try {
        execFileSync(
          'skopeo',
          [
            `--policy=${path('policy.json')}`,
            `--registries.d=${path('registries.d')}`,
            'copy',
            '-q',
            '--src-tls-verify=false',
            at(name, `@${index}`),
            `dir:${out}`,
          ],
          { env, stdio: 'pipe' },
        );
        return 'copied';
      } catch (error) {
        return String((error as { stderr?: unknown }).stderr);
      }
    };
    // Debian 12 builds skopeo without this kind of signature. There, only that the policy asks for it can be seen.
    expect(pull(signed)).toMatch(/^copied$|sigstore disabled/);
    expect(pull(unsigned)).toMatch(/A signature was required|sigstore disabled/);
  });
});
