import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failed, ok, pushFailure } from '@prism-build/errors';
import { type Digest, digestOf } from '@prism-build/oci';
import { parseDestination, planPush, pushCalls, pushImage } from '@prism-build/registry';
import { run } from '@prism-build/shell';
import { type Fault, type FaultyProxy, startFaultyProxy } from '../../../test/support/faultyProxy';
import { describeWith, dockerRegistry, skopeo } from '../../../test/support/needs';
import { makeRegistry, type Registry } from '../../../test/support/registry';
import { good, makeSample, type SampleImage } from './images';

const accept = 'application/vnd.oci.image.index.v1+json';

describeWith([skopeo, dockerRegistry], 'pushes through a faulty network', () => {
  let directory: string;
  let registry: Registry;
  let proxy: FaultyProxy;
  let waited: number[];

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'prism-push-'));
    registry = await makeRegistry(join(directory, 'registry'), 'memory');
    proxy = await startFaultyProxy(registry.host);
  });
  afterAll(async () => {
    await proxy?.close();
    await registry?.stop();
    rmSync(directory, { recursive: true, force: true });
  });
  beforeEach(() => {
    proxy.reset();
    waited = [];
  });

  const authFile = () => {
    const [, auth] = registry.headers.authorization!.split(' ');
    const file = join(directory, 'proxy-auth.json');
    writeFileSync(file, JSON.stringify({ auths: { [proxy.host]: { auth } } }));
    return file;
  };
  const tools = (attempts = 1, timeout = 20_000) => ({
    run,
    timeout,
    calls: pushCalls({ allowHttp: [] }),
    env: { PATH: process.env.PATH!, HOME: directory, REGISTRY_AUTH_FILE: authFile() },
    patience: {
      attempts,
      delay: 1000,
      random: () => 0.5,
      sleep: async (milliseconds: number) => {
        waited.push(milliseconds);
      },
    },
  });
  interface Options {
    readonly attempts?: number;
    readonly repository?: string;
    readonly tags?: readonly string[];
    readonly immutable?: boolean;
    readonly force?: boolean;
    readonly timeout?: number;
    readonly beforeTags?: Parameters<typeof pushImage>[2]['beforeTags'];
  }
  const push = ({ image, layout }: SampleImage, options: Options = {}) => {
    const { repository = 'app', tags = ['v1'], immutable = false } = options;
    const destination = good(parseDestination(`${proxy.host}/t`, repository));
    const named = tags.map((name) => ({ name, rule: name, immutable }));
    const plan = planPush('app', image, destination, named);
    return pushImage(tools(options.attempts, options.timeout), plan, {
      force: options.force ?? false,
      layout: async () => ok(layout),
      beforeTags: options.beforeTags,
    });
  };
  const codesOf = async (pushed: ReturnType<typeof push>) => {
    const result = await pushed;
    return result.ok ? [] : result.failures.map(({ code }) => code);
  };
  /** Reads past the proxy. */
  const ask = (path: string, headers = {}) =>
    fetch(`http://${registry.host}/v2/t/${path}`, { headers: { ...registry.headers, accept, ...headers } });
  const digestOfTag = async (tag = 'v1', repository = 'app') => {
    const answer = await ask(`${repository}/manifests/${tag}`);
    return answer.ok ? digestOf(new Uint8Array(await answer.arrayBuffer())) : undefined;
  };
  /** Whether the registry has every manifest and blob of an image, with their bytes. */
  const isComplete = async ({ image }: SampleImage) => {
    const parts = image.platforms.flatMap(({ manifest, config, layers }) => [
      [`app/manifests/${manifest.digest}`, manifest.digest, manifest.mediaType] as const,
      ...[config, ...layers].map(({ digest }) => [`app/blobs/${digest}`, digest, '*/*'] as const),
    ]);
    const right = await Promise.all(
      parts.map(async ([path, digest, type]) => {
        const answer = await ask(path, { accept: type });
        return answer.ok && digestOf(new Uint8Array(await answer.arrayBuffer())) === digest;
      }),
    );
    return right.every(Boolean);
  };
  const always =
    (fault: Fault, wanted = (_: { method: string; url: string }) => true) =>
    (request: { method: string; url: string }) =>
      wanted(request) ? fault : undefined;
  const writes = ({ method }: { method: string }) => method !== 'GET' && method !== 'HEAD';

  test('signing comes when all is there by digest and no tag has moved; if it fails, none moves', async () => {
    const [old, sample] = [makeSample(directory), makeSample(directory)];
    good(await push(old));
    const seen: unknown[] = [];
    const sign = (works: boolean) => async () => {
      seen.push([await isComplete(sample), await digestOfTag()]);
      return works ? ok(undefined) : failed(pushFailure('PUSH_DENIED', { what: 'no' }));
    };
    expect(await codesOf(push(sample, { beforeTags: sign(false) }))).toEqual(['PUSH_DENIED']);
    expect(await digestOfTag()).toBe(old.image.index.digest);
    good(await push(sample, { beforeTags: sign(true) }));
    expect(await digestOfTag()).toBe(sample.image.index.digest);
    // Also if nothing is sent: the image may have been pushed without a signature.
    expect(good(await push(sample, { beforeTags: sign(true) })).unchanged).toBe(true);
    const { digest } = old.image.index;
    expect(seen).toEqual([
      [true, digest],
      [true, digest],
      [true, sample.image.index.digest],
    ]);
  });

  test('sends blobs, manifests, the index by digest, then tags; the second push sends nothing', async () => {
    const sample = makeSample(directory);
    expect(good(await push(sample, { tags: ['v1', 'v2'] })).unchanged).toBe(false);
    const puts = proxy
      .requests()
      .filter(({ method, url }) => method === 'PUT' && url.includes('/manifests/'))
      .map(({ url }) => url.replace('/v2/t/app/manifests/', ''));
    const [amd64, arm64] = sample.image.platforms.map(({ manifest }) => manifest.digest);
    expect(puts).toEqual([amd64, arm64, sample.image.index.digest, 'v1', 'v2']);
    const last = proxy.requests().map(({ url, method }) => method === 'PATCH' || url.includes('/uploads/'));
    const firstManifest = proxy.requests().findIndex(({ url }) => url.includes('/manifests/v2'));
    expect(firstManifest).toBeGreaterThanOrEqual(0);
    expect(last.some(Boolean)).toBe(true);
    expect(await isComplete(sample)).toBe(true);

    proxy.reset();
    expect(good(await push(sample, { tags: ['v1', 'v2'] })).unchanged).toBe(true);
    expect(proxy.requests().every(({ method, sent }) => method === 'GET' && sent === 0)).toBe(true);
    // For each of two tags and two platforms: a challenge and an answer.
    expect(proxy.requests().length).toBeLessThanOrEqual(8);
  });

  test('mounts blobs that another repository has', async () => {
    const sample = makeSample(directory);
    good(await push(sample));
    proxy.reset();
    good(await push(sample, { repository: 'other' }));
    const layers = new Set(sample.image.platforms.flatMap((one) => one.layers.map(({ digest }) => digest)));
    const mounted = proxy.requests().filter(({ url, status }) => url.includes('mount=') && status === 201);
    expect(mounted).toHaveLength(layers.size);
  });

  test('cut after N requests, for every N: the old tag or the complete new one, and a retry completes', async () => {
    let old = makeSample(directory, { lean: true });
    good(await push(old));
    const outcomes: boolean[] = [];
    for (let limit = 0; ; limit++) {
      const sample = makeSample(directory, { lean: true });
      proxy.reset((_, number) => (number >= limit ? { kind: 'cut' } : undefined));
      const cut = await push(sample);
      outcomes.push(cut.ok);
      const tag = await digestOfTag();
      if (cut.ok) expect(tag).toBe(sample.image.index.digest);
      else {
        expect(cut.failures.map(({ code, why }) => `${code} ${why}`).join()).toContain('PUSH_UNREACHABLE');
        if (tag === sample.image.index.digest) expect(await isComplete(sample)).toBe(true);
        else expect(tag).toBe(old.image.index.digest);
      }
      proxy.reset();
      good(await push(sample));
      expect(await digestOfTag()).toBe(sample.image.index.digest);
      expect(await isComplete(sample)).toBe(true);
      old = sample;
      if (cut.ok) break;
    }
    expect(outcomes.length).toBeGreaterThan(20);
  }, 120_000);

  const answers: readonly (readonly [number, string])[] = [
    [401, 'PUSH_DENIED'],
    [403, 'PUSH_DENIED'],
    [404, 'PUSH_REPOSITORY_MISSING'],
    [413, 'PUSH_TOO_LARGE'],
    [500, 'PUSH_UNREACHABLE'],
    [503, 'PUSH_UNREACHABLE'],
    [507, 'PUSH_TOO_LARGE'],
  ];
  test.each(answers)('%i to everything that writes: %s', async (status, code) => {
    const sample = makeSample(directory);
    const before = await digestOfTag();
    proxy.reset(always({ kind: 'status', status }, writes));
    expect(await codesOf(push(sample))).toEqual([code]);
    expect(await digestOfTag()).toBe(before);
  });

  test('a passing 500, 429 or cut is retried with growing pauses; other failures are not', async () => {
    for (const fault of [
      { kind: 'status', status: 500 },
      { kind: 'status', status: 429 },
      { kind: 'cut' },
    ] as const) {
      const sample = makeSample(directory);
      let left = 2;
      proxy.reset(({ method }) => (method === 'PATCH' && left-- > 0 ? fault : undefined));
      waited = [];
      good(await push(sample, { attempts: 4 }));
      expect(await isComplete(sample)).toBe(true);
      expect(waited[0]).toBe(1000);
      if (waited[1] !== undefined) expect(waited[1]).toBe(2000);
    }
    proxy.reset(always({ kind: 'status', status: 403 }, writes));
    waited = [];
    expect(await codesOf(push(makeSample(directory), { attempts: 4 }))).toEqual(['PUSH_DENIED']);
    expect(waited).toEqual([]);
    proxy.reset(always({ kind: 'status', status: 500 }, writes));
    expect(await codesOf(push(makeSample(directory), { attempts: 3 }))).toEqual(['PUSH_UNREACHABLE']);
    expect(waited).toEqual([1000, 2000]);
  });

  test('Retry-After of 429 is honoured', async () => {
    const sample = makeSample(directory);
    let left = 1;
    const headers = { 'retry-after': '2' };
    proxy.reset(({ method }) =>
      method === 'POST' && left-- > 0 ? { kind: 'status', status: 429, headers } : undefined,
    );
    const start = Date.now();
    good(await push(sample));
    expect(Date.now() - start).toBeGreaterThanOrEqual(1900);
  });

  test('a registry that hangs fails in time', async () => {
    proxy.reset(always({ kind: 'hang' }, writes));
    const sample = makeSample(directory);
    expect(await codesOf(push(sample, { timeout: 1500 }))).toEqual(['PUSH_UNREACHABLE']);
  });

  test('truncated answers', async () => {
    const sample = makeSample(directory);
    good(await push(sample));
    proxy.reset(always({ kind: 'truncate' }, ({ url }) => url.includes('/manifests/')));
    expect(await codesOf(push(sample))).toEqual(['PUSH_UNREACHABLE']);
  });

  test('a registry that returns other bytes than it was sent', async () => {
    const sample = makeSample(directory);
    const { digest } = sample.image.platforms[0]!.manifest;
    const lie: Fault = { kind: 'alter', body: '{"schemaVersion":2}' };
    proxy.reset(always(lie, ({ method, url }) => method === 'GET' && url.includes(digest)));
    const before = await digestOfTag();
    expect(await codesOf(push(sample))).toEqual(['PUSH_ALTERED']);
    expect(await digestOfTag()).toBe(before);
  });

  test('a tag that another push moves meanwhile', async () => {
    const [one, other] = [makeSample(directory), makeSample(directory)];
    let raced = false;
    proxy.reset(() => undefined);
    good(await push(other, { tags: ['side'] }));
    const body = await (await ask('app/manifests/side')).text();
    proxy.reset(({ method, url }) => {
      if (method === 'PUT' && url.endsWith('/manifests/v1')) raced = true;
      return raced && method === 'GET' && url.endsWith('/manifests/v1') ? { kind: 'alter', body } : undefined;
    });
    expect(await codesOf(push(one))).toEqual(['PUSH_TAG_MOVED']);
  });

  test('an immutable tag keeps its image, and pushing that image again is fine', async () => {
    const [first, second] = [makeSample(directory), makeSample(directory)];
    good(await push(first, { tags: ['1.0.0'], immutable: true }));
    expect(good(await push(first, { tags: ['1.0.0'], immutable: true })).unchanged).toBe(true);
    proxy.reset();
    expect(await codesOf(push(second, { tags: ['1.0.0', 'new'], immutable: true }))).toEqual([
      'PUSH_TAG_IMMUTABLE',
    ]);
    expect(proxy.requests().filter(writes)).toEqual([]);
    expect(await digestOfTag('1.0.0')).toBe(first.image.index.digest);
  });

  test('an altered blob of the layout is not pushed', async () => {
    const sample = makeSample(directory);
    const layer = sample.image.platforms[1]!.layers[1]!.digest;
    writeFileSync(
      join(sample.layout, 'blobs', 'sha256', layer.slice(7)),
      `x`.repeat(sample.image.platforms[1]!.layers[1]!.size),
    );
    const before = await digestOfTag();
    expect(await codesOf(push(sample))).toEqual(['PUSH_ALTERED']);
    expect(await digestOfTag()).toBe(before);
  });

  test('a wrong password is refused before anything is sent', async () => {
    const sample = makeSample(directory);
    const destination = good(parseDestination(`${proxy.host}/t`, 'app'));
    const plan = planPush('app', sample.image, destination, [{ name: 'v1', rule: 'v1', immutable: false }]);
    const env = { PATH: process.env.PATH!, HOME: directory };
    const pushed = await pushImage({ ...tools(), env }, plan, {
      force: false,
      layout: async () => ok(sample.layout),
    });
    expect(pushed.ok ? [] : pushed.failures.map(({ code }) => code)).toEqual(['PUSH_DENIED']);
    expect(proxy.requests().filter(writes)).toEqual([]);
  });

  test('force sends what the registry lost under an unchanged tag', async () => {
    const sample = makeSample(directory);
    good(await push(sample));
    const layer: Digest = sample.image.platforms[0]!.layers[1]!.digest;
    proxy.reset();
    expect(good(await push(sample, { force: true })).unchanged).toBe(false);
    expect(proxy.requests().some(({ url }) => url.includes(layer))).toBe(true);
  });
});
