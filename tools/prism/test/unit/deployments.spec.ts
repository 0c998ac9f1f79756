import * as fs from 'node:fs';
import { join } from 'node:path';
import { verifyLog } from '@prism-build/audit';
import { failed, ok, scanFailure } from '@prism-build/errors';
import { keptName } from '@prism-build/stack';
import { codes, type Machine, makeMachine, useMachines, withTwo } from '../support/machine';

useMachines();

test('a deployment goes through all states, each on record before its work', async () => {
  const machine = makeMachine('plain', true);
  machine.build('aa');
  const done = await machine.deploy('aa');
  expect(done).toMatchObject({ ok: true, value: { number: 1, gap: undefined } });
  const records: string[] = [];
  await verifyLog(machine.project.directories.audit, [], ({ event, details, actor }) => {
    expect(actor).not.toBe('');
    records.push(`${event} ${details?.from} ${details?.to} ${details?.images}`);
  });
  const images = `api=sha256:aa${'0'.repeat(62)}`;
  expect(records).toEqual([
    `transition INIT BUILDING ${images}`,
    `transition BUILDING SCANNING ${images}`,
    `transition SCANNING VALIDATED ${images}`,
    `transition VALIDATED DEPLOYING ${images}`,
    `transition DEPLOYING RUNNING ${images}`,
  ]);
  expect(machine.podman.running()).toEqual(['aa']);
});

test('the next one replaces it and measures the gap; the same one again changes nothing', async () => {
  const machine = await withTwo();
  expect(await machine.states()).toEqual(['1 STOPPED', '2 RUNNING']);
  const before = machine.podman.changes;
  expect(await machine.deploy('bb')).toMatchObject({ ok: true, value: { number: 2, ready: undefined } });
  expect([machine.podman.changes, machine.podman.running()]).toEqual([before, ['bb']]);
});

test('a gate that refuses: what runs is not touched, and the deployment is resumed when it allows', async () => {
  const machine = await withTwo();
  machine.build('cc');
  const refused = failed(scanFailure('SCANNER_MISSING', { what: 'no scanner' }));
  expect(codes(await machine.deploy('cc', refused))).toBe('SCANNER_MISSING');
  expect(await machine.states()).toEqual(['1 STOPPED', '2 RUNNING', '3 FAILED']);
  expect(machine.podman.running()).toEqual(['bb']);
  expect(codes(await machine.deploy('cc'))).toBe('ok');
  expect(await machine.states()).toEqual(['1 DESTROYED', '2 STOPPED', '3 RUNNING']);
});

describe.each(['silent', 'crashing', 'unstartable'] as const)('a new version that is %s', (behaviour) => {
  test('beside: the one before serves without a gap', async () => {
    const machine = await withTwo();
    const pod = machine.podman.pods.get('shop');
    machine.build('cc', behaviour);
    expect(codes(await machine.deploy('cc'))).toMatch(
      /^(STACK_NOT_READY|DEPLOY_UNHEALTHY|STACK_START_FAILED)$/,
    );
    expect(machine.podman.pods.get('shop')).toBe(pod);
    expect([...machine.podman.pods.keys()]).toEqual(['shop']);
    expect(await machine.states()).toEqual(['1 STOPPED', '2 RUNNING', '3 FAILED']);
  });

  test.each([true, false])('instead: the one before is started again (claim: %s)', async (withClaim) => {
    const machine = await withTwo(withClaim ? 'claim' : 'plain');
    machine.build('cc', behaviour);
    // With a claim, nothing is tried beside.
    const done = await machine.deploy('cc', ok(undefined), withClaim);
    expect(codes(done)).toMatch(/ DEPLOY_ROLLED_BACK$/);
    expect(machine.podman.running()).toEqual(['bb']);
    expect(await machine.states()).toEqual(['1 STOPPED', '2 RUNNING', '3 FAILED']);
  });

  test('first: nothing is left', async () => {
    const machine = makeMachine();
    machine.build('cc', behaviour);
    expect((await machine.deploy('cc')).ok).toBe(false);
    expect([machine.podman.running(), await machine.states()]).toEqual([[], ['1 FAILED']]);
  });
});

test('the version before cannot be started again: that is said, and the next deployment may', async () => {
  const machine = await withTwo();
  machine.build('cc', 'silent');
  machine.podman.behaviours.set('bb', 'silent');
  expect(codes(await machine.deploy('cc', ok(undefined), false))).toBe(
    'STACK_NOT_READY STACK_NOT_READY DEPLOY_NOT_RESTORED',
  );
  expect([machine.podman.running(), await machine.states()]).toEqual([
    [],
    ['1 STOPPED', '2 FAILED', '3 FAILED'],
  ]);
  machine.build('dd');
  expect(codes(await machine.deploy('dd'))).toBe('ok');
});

test('rollback: to the last healthy one, to any, and from images that are still kept', async () => {
  const machine = await withTwo();
  machine.podman.images.delete('localhost/p/api:sha-aa');
  expect(codes(await machine.rollback())).toBe('ok');
  expect([machine.podman.running(), await machine.states()]).toEqual([['aa'], ['1 RUNNING', '2 FAILED']]);
  expect(codes(await machine.rollback())).toBe('ROLLBACK_UNKNOWN');
  expect(codes(await machine.rollback(2))).toBe('ok');
  expect([machine.podman.running(), await machine.states()]).toEqual([['bb'], ['1 STOPPED', '2 RUNNING']]);
  expect(codes(await machine.rollback(7))).toBe('ROLLBACK_UNKNOWN');
  const [kept] = machine.kept();
  machine.podman.images.delete(kept!);
  expect(codes(await machine.rollback(1))).toBe('STACK_IMAGE_MISSING');
  expect([machine.podman.running(), await machine.states()]).toEqual([['bb'], ['1 STOPPED', '2 RUNNING']]);
});

test('a roll-back to one that is not healthy any more comes back', async () => {
  const machine = await withTwo();
  machine.podman.behaviours.set('aa', 'silent');
  expect(codes(await machine.rollback())).toBe('STACK_NOT_READY DEPLOY_ROLLED_BACK');
  expect([machine.podman.running(), await machine.states()]).toEqual([['bb'], ['1 FAILED', '2 RUNNING']]);
});

test('the file of a release that is changed is not started', async () => {
  const machine = await withTwo();
  const directory = join(machine.project.directories.prism, 'releases', 'shop');
  for (const name of fs.readdirSync(directory)) fs.appendFileSync(join(directory, name), ' ');
  expect(codes(await machine.rollback())).toBe('DEPLOY_RELEASE_MISSING');
  expect(machine.podman.running()).toEqual(['bb']);
});

test('images of old deployments are let go; down keeps the rest, and with volumes nothing', async () => {
  const machine = await withTwo();
  for (const id of ['cc', 'dd']) machine.build(id);
  for (const id of ['cc', 'dd']) expect(codes(await machine.deploy(id))).toBe('ok');
  const names = ['cc', 'dd'].map((id) =>
    keptName('localhost/p/api', `sha256:${id.padEnd(64, '0')}`, machine.project.owner),
  );
  expect(machine.kept()).toEqual(names);
  expect(codes(await machine.rollback(1))).toBe('ROLLBACK_UNKNOWN');
  expect(await machine.down()).toMatchObject({ ok: true, value: { pods: ['shop'] } });
  expect(await machine.states()).toEqual(['1 DESTROYED', '2 DESTROYED', '3 STOPPED', '4 STOPPED']);
  expect(codes(await machine.rollback(4))).toBe('ok');
  await machine.down('remove');
  expect([machine.podman.running(), machine.kept(), await machine.states()]).toEqual([
    [],
    [],
    ['1 DESTROYED', '2 DESTROYED', '3 DESTROYED', '4 DESTROYED'],
  ]);
  expect(fs.readdirSync(join(machine.project.directories.prism, 'releases', 'shop'))).toEqual([]);
});

test('a pod of `up` is not replaced', async () => {
  const machine = await withTwo();
  const pod = machine.podman.pods.get('shop')!;
  delete pod.labels['prism-build.release'];
  machine.build('cc');
  expect(codes(await machine.deploy('cc'))).toBe('DEPLOY_POD_FOREIGN');
  expect(codes(await machine.rollback())).toBe('DEPLOY_POD_FOREIGN');
  expect(machine.podman.pods.get('shop')).toBe(pod);
});

test.each(['shop', 'shop-next'])('a pod of another clone with the name %s stays', async (name) => {
  const machine = name === 'shop' ? makeMachine() : await withTwo();
  const foreign = { labels: { 'prism-build.stack': 'shop.of-another' }, containers: [], ports: {} };
  machine.podman.pods.set(name, foreign);
  machine.build('cc');
  expect(codes(await machine.deploy('cc'))).toBe('STACK_START_FAILED');
  expect(machine.podman.pods.get(name)).toBe(foreign);
});

test('a volume of another clone stays, and the remedy names it', async () => {
  const machine = makeMachine('claim');
  const [name] = (await withTwo('claim')).podman.volumes.keys();
  machine.podman.volumes.set(name!, 'prism-build.claim=shop.of-another');
  machine.build('cc');
  const done = await machine.deploy('cc');
  expect(codes(done)).toBe('STACK_EXISTS');
  expect(done.ok ? '' : done.failures[0]!.remedy).toContain(`podman volume rm ${name}`);
  expect(machine.podman.volumes.get(name!)).toBe('prism-build.claim=shop.of-another');
});

test('a version that serves already and does not answer is started again', async () => {
  const machine = await withTwo();
  const pod = machine.podman.pods.get('shop')!;
  pod.containers[0]!.stuck = true;
  expect(await machine.deploy('bb')).toMatchObject({
    ok: true,
    value: { number: 2, ready: expect.any(Map) },
  });
  expect(machine.podman.pods.get('shop')).not.toBe(pod);
});

test('stopped while it looks at a version that serves: that one is left alone', async () => {
  const machine = await withTwo();
  const pod = machine.podman.pods.get('shop');
  machine.podman.behaviours.set('bb', 'silent');
  const stop = new AbortController();
  stop.abort();
  expect((await machine.deploy('bb', ok(undefined), true, stop.signal)).ok).toBe(false);
  expect([machine.podman.pods.get('shop') === pod, await machine.states()]).toEqual([
    true,
    ['1 STOPPED', '2 RUNNING'],
  ]);
});

test('a pod that was lost is started again', async () => {
  const machine = await withTwo();
  machine.podman.pods.clear();
  expect(await machine.deploy('bb')).toMatchObject({ ok: true, value: { number: 2, gap: undefined } });
  expect([machine.podman.running(), await machine.states()]).toEqual([['bb'], ['1 STOPPED', '2 RUNNING']]);
});

describe('with a reverse proxy', () => {
  /** What requests found after each change. */
  const watch = ({ podman }: Machine) => {
    const seen: string[] = [];
    podman.watch = () => seen.push(podman.served().join());
    return seen;
  };

  test('a new version takes over without a gap, in the other slot each time; so does a roll-back', async () => {
    const machine = await withTwo('edge');
    const seen = watch(machine);
    expect([...machine.podman.pods.keys()]).toEqual(['shop-next']);
    machine.build('cc');
    expect(await machine.deploy('cc')).toMatchObject({ ok: true, value: { number: 3, gap: 0 } });
    expect([[...machine.podman.pods.keys()], machine.podman.served()]).toEqual([['shop'], ['cc']]);
    expect(await machine.rollback()).toMatchObject({ ok: true, value: { number: 2, gap: 0 } });
    expect(machine.podman.served()).toEqual(['bb']);
    expect([...new Set(seen)]).toEqual(['bb', 'cc']);
    expect(await machine.states()).toEqual(['1 DESTROYED', '2 RUNNING', '3 FAILED']);
  });

  test.each(['silent', 'crashing', 'unstartable'] as const)(
    '%s: no request reaches it',
    async (behaviour) => {
      const machine = await withTwo('edge');
      const seen = watch(machine);
      machine.build('cc', behaviour);
      expect((await machine.deploy('cc')).ok).toBe(false);
      expect([...new Set(seen)]).toEqual(['bb']);
      expect([...machine.podman.pods.keys()]).toEqual(['shop-next']);
      expect(await machine.states()).toEqual(['1 STOPPED', '2 RUNNING', '3 FAILED']);
    },
  );

  test('a version that fails under requests: they go back to the one before, which never stopped', async () => {
    const machine = await withTwo('edge');
    const pod = machine.podman.pods.get('shop-next');
    machine.build('cc');
    machine.podman.watch = () => {
      if (machine.podman.served().includes('cc')) machine.podman.behaviours.set('cc', 'crashing');
    };
    const done = await machine.deploy('cc');
    expect(codes(done)).toBe('DEPLOY_UNHEALTHY DEPLOY_ROLLED_BACK');
    expect([machine.podman.served(), machine.podman.pods.get('shop-next') === pod]).toEqual([['bb'], true]);
    expect([...machine.podman.pods.keys()]).toEqual(['shop-next']);
    expect(await machine.states()).toEqual(['1 STOPPED', '2 RUNNING', '3 FAILED']);
  });

  test('a reverse proxy that was lost is started by the next deploy; down leaves none', async () => {
    const machine = await withTwo('edge');
    machine.podman.edges.clear();
    expect(await machine.deploy('bb')).toMatchObject({ ok: true, value: { number: 2, ready: undefined } });
    expect(machine.podman.served()).toEqual(['bb']);
    expect((await machine.down()).ok).toBe(true);
    expect([machine.podman.edges.size, machine.podman.pods.size]).toEqual([0, 0]);
  });
});
