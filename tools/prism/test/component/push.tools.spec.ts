import { existsSync, rmSync } from 'node:fs';
import { verifyLog } from '@prism-build/audit';
import { describeWith, dockerRegistry, skopeo } from '../../../../test/support/needs';
import { makePushable, type Pushable } from '../../../../test/support/pushable';

describeWith([skopeo, dockerRegistry], 'push-manifest', () => {
  let pushable: Pushable;
  let workspace: Pushable['workspace'];
  let registry: Pushable['registry'];
  const env = () => pushable.env;

  beforeAll(async () => {
    pushable = await makePushable({ tags: ['v{version}', 'latest'] });
    ({ workspace, registry } = pushable);
    pushable.writeComponent('good', '99.0.0');
    pushable.writeComponent('bad', '1.26.4');
  });
  afterAll(() => pushable?.stop());

  const digestOfTag = async (tag: string) => {
    const accept = 'application/vnd.oci.image.index.v1+json';
    const answer = await fetch(`http://${registry.host}/v2/team/good/manifests/${tag}`, {
      headers: { ...registry.headers, accept },
    });
    return answer.headers.get('docker-content-digest') ?? undefined;
  };
  const readAudit = async () => {
    const records: string[] = [];
    await verifyLog(workspace.path('.prism/audit'), [], ({ event, outcome, subject }) =>
      records.push(`${event} ${outcome} ${subject.name}@${subject.digest}`),
    );
    return records;
  };
  const readReceipt = () => JSON.parse(workspace.read('dist/push/good/receipt.json'));
  const built = () => JSON.parse(workspace.read('dist/images/good/digest.json')).index.digest as string;

  test('a plan, a push under the tags of the rules, a receipt; then nothing to send', async () => {
    const dry = await workspace.nx(['push-manifest', 'good', '--dryRun'], env());
    expect(dry.output).toContain('"repository": "team/good"');
    expect(existsSync(workspace.path('dist/push'))).toBe(false);

    const pushed = await workspace.nx(['push-manifest', 'good'], env());
    expect(pushed.output).toMatch(/team\/good@sha256:\w+ {2}v1\.0\.0, latest\n/);
    expect(pushed.output).not.toContain('correct horse');
    expect(await digestOfTag('v1.0.0')).toBe(built());
    expect(await digestOfTag('latest')).toBe(built());
    const receipt = readReceipt();
    expect(receipt).toMatchObject({
      registry: registry.host,
      repository: 'team/good',
      digest: built(),
      tags: [
        { name: 'v1.0.0', before: null },
        { name: 'latest', before: null },
      ],
      gate: { scan: 'allow', digest: built() },
    });
    expect(existsSync(workspace.path('.prism/push/good'))).toBe(false);
    expect(await readAudit()).toEqual([
      `build done good@${built()}`,
      `scan allowed good@${built()}`,
      `gate allowed good@${built()}`,
      `push done good@${built()}`,
    ]);

    const again = await workspace.nx(['push-manifest', 'good'], env());
    expect(again.output).toContain('(was there)');
    expect(readReceipt()).toEqual(receipt);
  });

  test('the gate names every reason, and nothing is sent', async () => {
    const before = registry.requests().length;
    const path = '/usr/lib/python3/more';
    workspace.write('svc/bad/Containerfile', `FROM localhost/good\nCOPY packages ${path}\nUSER 65532\n`);
    workspace.write('revoked-bases.json', JSON.stringify({ [built()]: 'its key leaked' }));
    const pushed = await workspace.nx(['push-manifest', 'bad', '--requireClean'], env());
    rmSync(workspace.path('revoked-bases.json'));
    expect(pushed.output).toMatch(
      /PUSH_BASE_REVOKED: bad is built from .*, which is revoked\n.*its key leaked/,
    );
    expect(pushed.status).not.toBe(0);
    expect(pushed.output).toMatch(/PUSH_BLOCKED: the scan blocks bad[\s\S]*CVE-2021-33503/);
    expect(pushed.output).toContain('PUSH_TREE_DIRTY');
    expect(registry.requests()).toHaveLength(before);
    expect(existsSync(workspace.path('dist/push/bad'))).toBe(false);
  });

  test('a version that changed is refused, and the old receipt stays', async () => {
    const first = built();
    workspace.write('svc/good/packages/more', 'more');
    const pushed = await workspace.nx(['push-manifest', 'good'], env());
    expect(pushed.status).not.toBe(0);
    expect(pushed.output).toContain('PUSH_TAG_IMMUTABLE');
    expect(await digestOfTag('latest')).toBe(first);
    expect(readReceipt().digest).toBe(first);
    rmSync(workspace.path('svc/good/packages/more'));
  });

  test('settings that cannot be honoured', async () => {
    const cases: [string[], RegExp][] = [
      [['--registry=https://x.example'], /PUSH_REGISTRY_INVALID: the registry https:\/\/x\.example is not/],
      [['--tags=a b,{nothing}'], /PUSH_TAG_INVALID[\s\S]*PUSH_TAG_INVALID/],
      [['--retries=-1'], /OPTIONS_INVALID: option retries of good:push-manifest/],
    ];
    for (const [args, message] of cases) {
      const ran = await workspace.nx(['push-manifest', 'good', ...args], env());
      expect(ran.status).not.toBe(0);
      expect(ran.output).toMatch(message);
    }
  });
});
