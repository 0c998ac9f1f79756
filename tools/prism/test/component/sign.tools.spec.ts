import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { verifyLog } from '@prism-build/audit';
import { startAwsKms } from '../../../../test/support/kms';
import { describeWith, dockerRegistry, openssl, skopeo } from '../../../../test/support/needs';
import { makePushable, type Pushable } from '../../../../test/support/pushable';
import { makeSigstore } from '../../../../test/support/sigstore';

describeWith([skopeo, dockerRegistry, openssl], 'signing', () => {
  let pushable: Pushable;
  let workspace: Pushable['workspace'];
  let env: Record<string, string>;

  beforeAll(async () => {
    pushable = await makePushable({ sign: 'keys/cosign.key' }, true);
    workspace = pushable.workspace;
    env = { ...pushable.env, COSIGN_PASSWORD: 'a password' };
    pushable.writeComponent('api', '99.0.0');
    workspace.write('keys/.keep', '');
    const rule = {
      repositories: [`${pushable.registry.host}/team`],
      keys: ['keys/cosign.pub'],
      builders: ['urn:prism-build:local'],
      sources: ['git+https://git.example/team/*'],
    };
    workspace.write('verify-policy.json', JSON.stringify({ rules: [rule] }));
    const options = { cwd: workspace.path('keys'), env: { ...process.env, ...env } };
    execFileSync(env.PRISM_COSIGN!, ['generate-key-pair'], { ...options, stdio: 'ignore' });
    workspace.git('add', '.');
    workspace.git('commit', '-q', '-m', 'all');
    workspace.git('remote', 'add', 'origin', 'https://someone:secret@git.example/team/app.git');
  });
  afterAll(() => pushable?.stop());

  /** A directory with credentials, as cosign looks for them. */
  const docker = () => {
    workspace.write('.nx/docker/config.json', readFileSync(pushable.registry.authFile()));
    return workspace.path('.nx/docker');
  };
  const receipt = () => JSON.parse(workspace.read('dist/push/api/receipt.json'));
  const tags = async () => {
    const url = `http://${pushable.registry.host}/v2/team/api/tags/list`;
    const answer = await fetch(url, { headers: pushable.registry.headers });
    return ((await answer.json()) as { tags: string[] }).tags.sort();
  };
  const events = async () => {
    const records: string[] = [];
    await verifyLog(workspace.path('.prism/audit'), [], ({ event, outcome }) =>
      records.push(`${event} ${outcome}`),
    );
    return records;
  };

  /** How many signatures and attestations each push added. */
  const added = async () => {
    const records: string[] = [];
    await verifyLog(workspace.path('.prism/audit'), [], ({ event, details = {} }) => {
      if (event === 'sign') records.push(`${details.signatures} ${details.attestations}`);
    });
    return records;
  };

  test('a push signs index and platform, attaches SBOM and provenance, and a second one adds nothing', async () => {
    const pushed = await workspace.nx(['push-manifest', 'api'], env);
    expect(pushed.output).toContain('latest');
    expect(pushed.output).not.toContain('a password');
    const { digest, platforms, signed } = receipt();
    const manifest = platforms['linux/amd64'];
    expect(signed.digests).toEqual([digest, manifest]);
    const tag = (of: string) => of.replace(':', '-');
    expect(await tags()).toEqual(
      [`${tag(digest)}.sig`, `${tag(manifest)}.att`, `${tag(manifest)}.sig`, 'latest'].sort(),
    );
    expect(await events()).toEqual(['build done', 'scan allowed', 'gate allowed', 'sign done', 'push done']);
    const before = pushable.registry.requests().length;
    const again = await workspace.nx(['push-manifest', 'api'], env);
    expect(again.output).toContain('(was there)');
    expect(pushable.registry.requests().length - before).toBeLessThan(16);
    expect(receipt().signed).toEqual(signed);
    expect(await added()).toEqual(['2 2', '0 0']);
  });

  test('an image that the policy allows; built again from its commit, it has the same digest', async () => {
    const verified = await workspace.nx(['verify-image', 'api', '--rebuild', '--layers'], env);
    const commit = workspace.git('rev-parse', 'HEAD').trim();
    expect(verified.output).toContain(
      `linux/amd64: signed, built by urn:prism-build:local from git+https://git.example/team/app.git at ${commit}`,
    );
    expect(verified.output).toContain('built again from that commit: the same digest');
    expect(verified.status).toBe(0);
    expect((await events()).at(-1)).toBe('verify allowed');
  });

  test('another builder and source: all reasons as JSON, and on record; the policy for podman', async () => {
    const policy = workspace.read('verify-policy.json');
    const other = policy.replace('urn:prism-build:local', 'https://ci.example').replace('/team/*', '/fork/*');
    workspace.write('other-policy.json', other);
    const refused = await workspace.nx(['verify-image', 'api', '--policy=other-policy.json', '--json'], env);
    const [line = ''] = /^\{.*\}$/m.exec(refused.output) ?? [];
    const { allowed, reasons } = JSON.parse(line);
    expect(refused.status).not.toBe(0);
    expect(allowed).toBe(false);
    expect(reasons.map(({ code }: { code: string }) => code)).toEqual([
      'VERIFY_PROVENANCE_REFUSED',
      'VERIFY_PROVENANCE_REFUSED',
    ]);
    expect((await events()).at(-1)).toBe('verify refused');
    const written = await workspace.nx(['verify-image', 'api', '--writePolicy=.nx/podman'], env);
    expect(written.output).toContain('.nx/podman/registries.d/prism.yaml');
    expect(workspace.read('.nx/podman/policy.json')).toContain('"type": "sigstoreSigned"');
    rmSync(workspace.path('other-policy.json'));
  });

  test('an image whose provenance names a commit that gives another one', async () => {
    const cosign = (args: string[]) =>
      execFileSync(env.PRISM_COSIGN!, args, {
        env: { ...process.env, ...env, DOCKER_CONFIG: docker() },
        stdio: ['ignore', 'pipe', 'ignore'],
      });
    const type = 'https://slsa.dev/provenance/v1';
    const reference = () => `${pushable.registry.host}/team/api@${receipt().platforms['linux/amd64']}`;
    const first = cosign(['download', 'attestation', `--predicate-type=${type}`, reference()]);
    const { payload } = JSON.parse(first.toString());
    const { predicate } = JSON.parse(Buffer.from(payload, 'base64').toString());
    workspace.write('.nx/predicate.json', JSON.stringify(predicate));
    expect(predicate.buildDefinition).toMatchObject({
      externalParameters: { project: 'api', source: { uri: 'git+https://git.example/team/app.git' } },
      internalParameters: { reproducible: true },
    });

    workspace.write('svc/api/packages/more', 'not committed');
    expect((await workspace.nx(['push-manifest', 'api'], env)).status).toBe(0);
    const unknown = await workspace.nx(['verify-image', 'api', '--rebuild'], env);
    expect(unknown.output).toContain('VERIFY_REBUILD_IMPOSSIBLE: the image was built from');
    expect(unknown.status).not.toBe(0);

    const key = `--key=${workspace.path('keys/cosign.key')}`;
    const file = `--predicate=${workspace.path('.nx/predicate.json')}`;
    cosign(['attest', '--yes', '--tlog-upload=false', key, `--type=${type}`, file, reference()]);
    const differs = await workspace.nx(['verify-image', 'api', '--rebuild'], env);
    expect(differs.output).toMatch(/VERIFY_REBUILD_DIFFERS: the commit \w{40} gives sha256:\w{64}, and not /);
    expect(differs.status).not.toBe(0);
  });

  test('the identity of a job signs, and the policy allows it; no token is printed or an argument', async () => {
    const sigstore = await makeSigstore(workspace.path('.nx/sigstore'));
    const workflow = 'team/app/.github/workflows/release.yml@refs/heads/main';
    const token = sigstore.token({ job_workflow_ref: workflow });
    const identity = { issuer: sigstore.issuer, subject: `https://github.com/${workflow}` };
    try {
      const services = [`--fulcio=${sigstore.fulcio}`, `--rekor=${sigstore.rekor}`];
      const options = ['--sign=keyless', '--sigstoreRoots=.nx/sigstore', ...services];
      const keyless = { ...pushable.env, SIGSTORE_ID_TOKEN: token };
      const pushed = await workspace.nx(['push-manifest', 'api', ...options], keyless);
      expect(pushed.output).not.toContain(token);
      expect(pushed.status).toBe(0);
    } finally {
      await sigstore.stop();
    }
    expect(receipt().signed).toMatchObject({ identity });
    expect((await added()).at(-1)).toBe('2 2');
    const [rule] = JSON.parse(workspace.read('verify-policy.json')).rules;
    const { keys: _, ...others } = rule;
    const rules = [{ ...others, identities: [identity], sigstoreRoots: '.nx/sigstore' }];
    workspace.write('.nx/keyless-policy.json', JSON.stringify({ rules }));
    const verified = await workspace.nx(['verify-image', 'api', '--policy=.nx/keyless-policy.json'], env);
    expect(verified.output).toContain('linux/amd64: signed, built by');
    expect(verified.status).toBe(0);
  });

  test('a key of a KMS signs, and the policy names it; no secret is printed', async () => {
    const secret = 'the secret of the KMS';
    const kms = await startAwsKms(workspace.path('.nx/kms'), secret);
    try {
      const pushed = await workspace.nx(['push-manifest', 'api', `--sign=${kms.key}`], {
        ...env,
        ...kms.env,
      });
      expect(pushed.output).not.toContain(secret);
      expect([pushed.status, pushed.output]).toEqual([0, expect.stringContaining('latest')]);
      expect((await added()).at(-1)).toBe('2 2');
      const [rule] = JSON.parse(workspace.read('verify-policy.json')).rules;
      workspace.write('.nx/kms-policy.json', JSON.stringify({ rules: [{ ...rule, keys: [kms.key] }] }));
      const options = ['verify-image', 'api', '--policy=.nx/kms-policy.json'];
      const verified = await workspace.nx(options, { ...env, ...kms.env });
      expect([verified.status, verified.output]).toEqual([0, expect.stringContaining('signed, built by')]);
    } finally {
      await kms.close();
    }
  });
});
