import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { type AuditRecord, verifyLog } from '@prism-build/audit';
import { compileOras } from '../../../../test/support/goFixture';
import { describeWith, dockerRegistry, go, skopeo } from '../../../../test/support/needs';
import { makePushable, type Pushable } from '../../../../test/support/pushable';
import { type ReferrersRegistry, startReferrersRegistry } from '../../../../test/support/referrersRegistry';

describeWith([skopeo, dockerRegistry, go], 'promote and rollback', () => {
  let pushable: Pushable;
  let workspace: Pushable['workspace'];
  let other: ReferrersRegistry;
  let env: Record<string, string>;

  beforeAll(async () => {
    pushable = await makePushable({ sign: 'keys/cosign.key' }, true);
    workspace = pushable.workspace;
    const { PRISM_REGISTRY_USER: user = '', PRISM_REGISTRY_PASSWORD: password = '' } = pushable.env;
    other = await startReferrersRegistry({ [user]: { password } });
    // Two registries with one account, whose password is in the file of `podman login`.
    const auth = Buffer.from(`${user}:${password}`).toString('base64');
    const auths = { [pushable.registry.host]: { auth }, [other.host]: { auth } };
    workspace.write('tmp/auth.json', JSON.stringify({ auths }));
    const { PRISM_REGISTRY_USER: _user, PRISM_REGISTRY_PASSWORD: _password, ...rest } = pushable.env;
    env = {
      ...rest,
      PRISM_ORAS: compileOras(),
      COSIGN_PASSWORD: 'a password',
      REGISTRY_AUTH_FILE: workspace.path('tmp/auth.json'),
    };
    pushable.writeComponent('api', '99.0.0');
    mkdirSync(workspace.path('keys'));
    const options = { cwd: workspace.path('keys'), env: { ...process.env, ...env } };
    execFileSync(env.PRISM_COSIGN!, ['generate-key-pair'], { ...options, stdio: 'ignore' });
    workspace.git('add', '.');
    workspace.git('commit', '-q', '-m', 'all');
  }, 300_000);
  afterAll(async () => {
    await other?.stop();
    await pushable?.stop();
  });

  const inspect = (reference: string) => {
    try {
      const argv = ['inspect', '--raw', '--tls-verify=false', `docker://${reference}`];
      return execFileSync('skopeo', argv, { env: { ...process.env, ...env }, stdio: 'pipe' });
    } catch {
      return undefined;
    }
  };
  const digestOf = (reference: string) => {
    const bytes = inspect(reference);
    return bytes && `sha256:${execFileSync('sha256sum', { input: bytes }).toString().slice(0, 64)}`;
  };
  const records = async () => {
    const found: AuditRecord[] = [];
    await verifyLog(workspace.path('.prism/audit'), [], (record) => found.push(record));
    return found;
  };
  const receipt = () => JSON.parse(workspace.read('dist/push/api/receipt.json'));
  const nx = (...args: string[]) => workspace.nx(args, env);
  let first: string;
  let second: string;

  test('to a tag, then to another registry with signatures and attestations; again, nothing is sent', async () => {
    expect((await nx('push-manifest', 'api')).output).toContain('latest');
    const { digest, platforms } = receipt();
    first = digest;
    const here = `${pushable.registry.host}/team/api`;
    const there = `${other.host}/prod/api`;

    expect((await nx('promote', 'api', '--to=:staging')).output).toContain(`${here}:staging  ${digest}`);
    expect(digestOf(`${here}:staging`)).toBe(digest);

    const unsigned = await nx('promote', 'api', `--to=${there}:stable`);
    expect(unsigned.status).not.toBe(0);
    expect(unsigned.output).toContain('PROMOTE_KEY_MISSING');
    expect(digestOf(`${there}:stable`)).toBeUndefined();

    const signing = [
      'promote',
      'api',
      `--from=${here}:staging`,
      `--to=${there}:stable`,
      '--sign=keys/cosign.key',
    ];
    const promoted = await nx(...signing);
    expect(promoted.output).toContain(`${there}:stable  ${digest}`);
    expect(promoted.output).not.toContain('a password');
    expect(digestOf(`${there}:stable`)).toBe(digest);
    const tag = (of: string, kind: string) => `${of.replace(':', '-')}.${kind}`;
    const manifest = platforms['linux/amd64'];
    expect(digestOf(`${there}:${tag(manifest, 'att')}`)).toBe(digestOf(`${here}:${tag(manifest, 'att')}`));
    for (const one of [digest, manifest]) {
      const payload = JSON.parse(inspect(`${there}:${tag(one, 'sig')}`)!.toString());
      expect(payload.layers).toHaveLength(1);
    }
    const verify = [
      'verify',
      '--key=keys/cosign.pub',
      '--insecure-ignore-tlog=true',
      '--allow-http-registry',
    ];
    const docker = workspace.path('tmp/docker');
    mkdirSync(docker);
    writeFileSync(`${docker}/config.json`, workspace.read('tmp/auth.json'));
    const options = {
      cwd: workspace.root,
      env: { ...process.env, DOCKER_CONFIG: docker },
      stdio: 'pipe',
    } as const;
    const claims = execFileSync(
      env.PRISM_COSIGN!,
      [...verify, '--output=json', `${there}@${manifest}`],
      options,
    );
    expect(JSON.parse(claims.toString())[0].critical.identity['docker-reference']).toBe(there);
    expect(JSON.parse(workspace.read('dist/promote/api/receipt.json'))).toMatchObject({
      digest,
      from: `${here}@${digest}`,
      tags: [{ name: 'stable', before: null }],
      signed: { digests: [digest, manifest] },
    });

    expect((await nx(...signing)).output).toContain('(was there)');
    const events = (await records()).map(({ event, outcome }) => `${event} ${outcome}`);
    expect(events.filter((one) => /gate|promote/.test(one)).slice(1)).toEqual([
      ...[
        'gate allowed',
        'promote done',
        'gate refused',
        'gate allowed',
        'promote done',
        'gate allowed',
        'promote done',
      ],
    ]);
  });

  test('referrers go along, from the referrers API to a registry without it', async () => {
    const there = `${other.host}/prod/api`;
    const back = `${pushable.registry.host}/back/api`;
    const manifest = receipt().platforms['linux/amd64'];
    const file = workspace.path('tmp/auth.json');
    const oras = (...args: string[]) =>
      execFileSync(env.PRISM_ORAS!, [...args, '--plain-http', `--registry-config=${file}`, '--no-tty'], {
        cwd: workspace.root,
        stdio: 'pipe',
      }).toString();
    const attach = (digest: string, what: string) => {
      workspace.write(`tmp/${what}`, what);
      const kind = `--artifact-type=application/vnd.test.${what}`;
      oras('attach', kind, `${there}@${digest}`, `tmp/${what}:text/plain`, '--disable-path-validation');
    };
    const listed = (repository: string, digest: string) => {
      const { referrers = [] } = JSON.parse(oras('discover', '--format=json', `${repository}@${digest}`));
      return referrers.map((one: { artifactType: string }) => one.artifactType.split('.').at(-1));
    };
    attach(first, 'report');
    attach(manifest, 'licences');
    // oras also writes the list for registries without the API; without it, only the API knows the report.
    const { status } = await fetch(`http://${other.host}/v2/prod/api/manifests/${first.replace(':', '-')}`, {
      method: 'DELETE',
      headers: pushable.registry.headers,
    });
    expect(status).toBe(202);
    const options = [`--from=${there}:stable`, `--to=${back}:stable`, '--sign=keys/cosign.key'];
    const without = await workspace.nx(['promote', 'api', ...options], { ...env, PRISM_ORAS: '' });
    expect(without.output).toMatch(/PROMOTE_ORAS_MISSING: \S+@sha256:\w+ has referrers/);
    expect(digestOf(`${back}:stable`)).toBeUndefined();
    expect((await nx('promote', 'api', ...options)).output).toContain(`${back}:stable  ${first}`);
    expect(listed(back, first)).toEqual(['report']);
    expect(listed(back, manifest)).toEqual(['licences']);
  });

  test('an image that the key has not signed is refused', async () => {
    const here = `${pushable.registry.host}/team/api`;
    execFileSync(env.PRISM_COSIGN!, ['generate-key-pair', '--output-key-prefix=keys/other'], {
      ...{ cwd: workspace.root, env: { ...process.env, ...env }, stdio: 'ignore' },
    });
    const refused = await nx('promote', 'api', '--to=:stolen', '--key=keys/other.pub');
    expect(refused.output).toMatch(/PROMOTE_UNSIGNED[\s\S]*PROMOTE_UNSIGNED/);
    expect(digestOf(`${here}:stolen`)).toBeUndefined();
    workspace.write('svc/api/packages/more', 'more');
    expect((await nx('push-manifest', 'api')).output).toContain('latest');
    second = receipt().digest;
  });

  test('rollback to the last good image; past the scan only with a reason', async () => {
    const latest = `${pushable.registry.host}/team/api:latest`;
    expect(digestOf(latest)).toBe(second);
    const back = await nx('rollback', 'api', '--tag=:latest');
    expect(back.output).toContain(`${second} → ${first}`);
    expect(digestOf(latest)).toBe(first);

    workspace.write('scan-policy.json', JSON.stringify({ maxDatabaseAgeDays: 1 }));
    const to = ['rollback', 'api', '--tag=:latest', `--to=${second}`];
    expect((await nx(...to)).output).toContain('PUSH_BLOCKED');
    expect(digestOf(latest)).toBe(first);
    const forced = await nx(...to, '--force', '--reason=the old one is down');
    expect(forced.output).toContain(`${first} → ${second}`);
    expect(digestOf(latest)).toBe(second);
    const [gate, rollback] = (await records()).slice(-2);
    expect(gate).toMatchObject({ event: 'gate', outcome: 'refused' });
    expect(rollback).toMatchObject({
      event: 'rollback',
      details: { before: first, reason: 'the old one is down' },
    });
  });

  test('retention lists by rule, and keeps what tags and receipts need', async () => {
    const listed = await nx(
      'retention',
      'api',
      '--keepLast=0',
      '--keepDays=0',
      '--keepTags=staging',
      '--json',
    );
    const { keep, remove, removed } = JSON.parse(
      listed.output.split('\n').find((line) => line.startsWith('{'))!,
    );
    const whyOf = (digest: string) => keep.find((one: { digest: string }) => one.digest === digest)?.why;
    expect(whyOf(first)).toBe('tag staging');
    expect(whyOf(second)).toBe('dist/push/api/receipt.json');
    expect(keep.filter(({ why }: { why: string }) => why.startsWith('attached to '))).toHaveLength(6);
    expect(remove).toEqual([]);
    expect(removed).toEqual([]);
  });

  test('retention deletes an image with what is attached to it, and nothing that a tag needs', async () => {
    const here = `${pushable.registry.host}/team/api`;
    workspace.write('scan-policy.json', JSON.stringify({ maxDatabaseAgeDays: 100_000 }));
    workspace.write('svc/api/packages/more', 'soon old');
    expect((await nx('push-manifest', 'api', '--tags=old')).output).toContain(`${here}@`);
    const { digest, platforms } = receipt();
    // The receipt of what was pushed last keeps it.
    rmSync(workspace.path('dist/push'), { recursive: true });
    const tags = async () => {
      const answer = await fetch(`http://${pushable.registry.host}/v2/team/api/tags/list`, {
        headers: pushable.registry.headers,
      });
      return ((await answer.json()) as { tags: string[] }).tags;
    };
    const before = await tags();
    const rules = ['--keepLast=0', '--keepDays=0', '--keepTags=staging,latest', '--delete'];
    const deleted = await nx('retention', 'api', `--repository=${here}`, ...rules);
    expect([deleted.status, deleted.output]).toEqual([0, expect.stringContaining('5 may go; deleted 5')]);
    const attached = [digest, platforms['linux/amd64']].map((one: string) => one.replace(':', '-'));
    expect((await tags()).sort()).toEqual(
      before.filter((tag) => tag !== 'old' && !attached.some((one) => tag.startsWith(one))).sort(),
    );
    expect([digestOf(`${here}:staging`), digestOf(`${here}:latest`)]).toEqual([first, second]);
    expect(inspect(`${here}@${digest}`)).toBeUndefined();
    const gone = (await records()).filter(({ event }) => event === 'remove');
    expect(gone.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done', 'done', 'done']);
  });
});
