import { execFileSync } from 'node:child_process';
import { verifyLog } from '@prism-build/audit';
import { describeWith, dockerRegistry, skopeo } from '../../../../test/support/needs';
import { makePushable, type Pushable } from '../../../../test/support/pushable';

describeWith([skopeo, dockerRegistry], 'signing', () => {
  let pushable: Pushable;
  let workspace: Pushable['workspace'];
  let env: Record<string, string>;

  beforeAll(async () => {
    pushable = await makePushable({ sign: 'keys/cosign.key' }, ['install-trivy', 'install-cosign']);
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
});
