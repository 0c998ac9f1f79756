import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { verifyLog } from '@prism-build/audit';
import * as fc from 'fast-check';
import { describeWith, dockerRegistry, mounts, skopeo, testWith } from '../../../../test/support/needs';
import { makePushable, type Pushable } from '../../../../test/support/pushable';

const seed = Number(process.env.PRISM_TEST_SEED ?? 20261129);
const kills = Number(process.env.PRISM_TEST_KILLS ?? 2);

describeWith([skopeo, dockerRegistry], 'push-manifest that is interrupted', () => {
  let pushable: Pushable;
  let workspace: Pushable['workspace'];
  let env: Record<string, string>;
  /** Milliseconds of an undisturbed push. */
  let duration: number;

  beforeAll(async () => {
    pushable = await makePushable({ sign: 'keys/cosign.key' }, true);
    workspace = pushable.workspace;
    env = { ...pushable.env, COSIGN_PASSWORD: 'a password' };
    pushable.writeComponent('api', '99.0.0');
    mkdirSync(workspace.path('keys'));
    const options = { cwd: workspace.path('keys'), env: { ...process.env, ...env } };
    execFileSync(env.PRISM_COSIGN!, ['generate-key-pair'], { ...options, stdio: 'ignore' });
    const rule = { repositories: [pushable.registry.host], keys: ['keys/cosign.pub'], ...anybody };
    workspace.write('verify-policy.json', JSON.stringify({ rules: [rule] }));
    workspace.git('add', '.');
    workspace.git('commit', '-q', '-m', 'all');
    await change('first');
    const began = Date.now();
    expect((await push()).status).toBe(0);
    duration = Date.now() - began;
  }, 300_000);
  afterAll(() => pushable?.stop());

  const anybody = {
    builders: ['urn:prism-build:local'],
    sources: ['git+https://git.example/*'],
    require: [],
  };
  const push = () => workspace.nx(['push-manifest', 'api'], env);
  /** Makes another image, and builds it, so that the time of a push does not contain that. */
  async function change(text: string): Promise<string> {
    workspace.write('svc/api/packages/text', text);
    expect((await workspace.nx(['build-image', 'api'], env)).status).toBe(0);
    return JSON.parse(workspace.read('dist/images/api/digest.json')).index.digest;
  }
  const latest = async () => {
    const { host, headers } = pushable.registry;
    const accept = { ...headers, accept: 'application/vnd.oci.image.index.v1+json' };
    const answer = await fetch(`http://${host}/v2/team/api/manifests/latest`, { headers: accept });
    return answer.headers.get('docker-content-digest');
  };
  const receipt = () => JSON.parse(workspace.read('dist/push/api/receipt.json')).digest;

  test(`by SIGKILL at any moment: the tag names the old image or the new one, signed; the next push completes it (seed ${seed})`, async () => {
    let old = await latest();
    const moments = fc.sample(fc.double({ min: 0.3, max: 1, noNaN: true }), { seed, numRuns: kills });
    for (const [at, moment] of moments.entries()) {
      const digest = await change(`killed ${at}`);
      const pushing = workspace.start(['push-manifest', 'api'], env);
      await new Promise((resolve) => setTimeout(resolve, moment * duration));
      pushing.killAll('SIGKILL');
      await pushing.ended;
      expect([old, digest]).toContain(await latest());
      if ((await latest()) === digest) {
        const image = `--image=${pushable.registry.host}/team/api@${digest}`;
        expect((await workspace.nx(['verify-image', 'api', image], env)).output).toContain('signed');
      }
      // A receipt is there as a whole, and says what was pushed.
      expect([old, digest]).toContain(receipt());
      const again = await push();
      expect([again.status, again.output]).toEqual([0, expect.stringContaining('latest')]);
      expect([await latest(), receipt()]).toEqual([digest, digest]);
      expect(existsSync(workspace.path('.prism/push/api'))).toBe(false);
      expect(readdirSync(workspace.path('dist/push/api'))).toEqual(['receipt.json']);
      old = digest;
    }
    expect(await verifyLog(workspace.path('.prism/audit'), [], () => undefined)).toMatchObject({ ok: true });
  });

  test('a clock that is years behind: the database is from the future, and nothing is sent', async () => {
    const before = [await latest(), pushable.registry.requests().length];
    const shift = `const now = Date.now; Date.now = () => now() - ${20 * 365 * 86_400_000};\n`;
    workspace.write('.nx/clock.cjs', shift);
    const pushed = await workspace.nx(['push-manifest', 'api'], {
      ...env,
      NODE_OPTIONS: `--require=${workspace.path('.nx/clock.cjs')}`,
    });
    expect(pushed.status).not.toBe(0);
    expect(pushed.output).toMatch(/PUSH_BLOCKED[\s\S]*from the future/);
    expect(pushable.registry.requests().length - Number(before[1])).toBeLessThanOrEqual(1);
    expect(await latest()).toBe(before[0]);
  });

  testWith(
    [mounts()],
    'by a full disk: without a record of the gate, nothing is pushed; a later push is whole',
    async () => {
      const before = await latest();
      const digest = await change('for a full disk');
      const audit = workspace.path('.prism/audit');
      const full = (directory: string) => {
        mkdirSync(directory, { recursive: true });
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4k', 'none', directory]);
        execFileSync('sh', ['-c', 'head -c 65536 /dev/zero > "$0/full" 2>/dev/null || true', directory]);
      };
      const withFull = async (directory: string) => {
        full(directory);
        try {
          return await push();
        } finally {
          execFileSync('umount', ['--lazy', directory]);
        }
      };
      const unrecorded = await withFull(audit);
      expect(unrecorded.status).not.toBe(0);
      expect(unrecorded.output).toContain('DISK_FULL');
      expect(await latest()).toBe(before);
      const withoutReceipt = await withFull(workspace.path('dist/push'));
      expect(withoutReceipt.status).not.toBe(0);
      expect(withoutReceipt.output).toContain('DISK_FULL');
      expect(await latest()).toBe(digest);
      const again = await push();
      expect([again.status, receipt()]).toEqual([0, digest]);
    },
  );
});
