import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ok } from '@prism-build/errors';
import {
  parseDestination,
  planPush,
  planRetention,
  pushCalls,
  pushImage,
  readRepository,
  removeManifests,
  retentionCalls,
} from '@prism-build/registry';
import { run } from '@prism-build/shell';
import { describeWith, dockerRegistry, skopeo } from '../../../test/support/needs';
import { makeRegistry, type Registry } from '../../../test/support/registry';
import { good, makeSample, type SampleImage } from './images';

describeWith([skopeo, dockerRegistry], 'retention in a real registry', () => {
  let directory: string;
  const registries: Registry[] = [];

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'prism-retention-'));
    for (const deletes of [true, false])
      registries.push(await makeRegistry(join(directory, String(deletes)), 'memory', deletes));
  });
  afterAll(async () => {
    await Promise.all(registries.map(({ stop }) => stop()));
    rmSync(directory, { recursive: true, force: true });
  });

  const toolsOf = ({ authFile }: Registry) => ({
    ...{
      run,
      timeout: 20_000,
      env: { PATH: process.env.PATH!, HOME: directory, REGISTRY_AUTH_FILE: authFile() },
    },
    patience: { attempts: 1, delay: 0, random: () => 0, sleep: async () => undefined },
  });
  const connection = { allowHttp: [] };
  const placeOf = ({ host }: Registry) => good(parseDestination(`${host}/t`, 'app'));
  const push = async (registry: Registry, { image, layout }: SampleImage, ...tags: string[]) => {
    const named = tags.map((name) => ({ name, rule: name, immutable: false }));
    const plan = planPush('app', image, placeOf(registry), named);
    const tools = { ...toolsOf(registry), calls: pushCalls(connection) };
    good(await pushImage(tools, plan, { force: false, layout: async () => ok(layout) }));
  };
  const open = (registry: Registry, times: ReadonlyMap<string, number>) => ({
    ...{ tools: toolsOf(registry), calls: retentionCalls(connection), place: placeOf(registry), times },
  });
  const recorded: string[] = [];
  const record = async ({ digest }: { readonly digest: string }) => {
    recorded.push(digest);
    return ok(undefined);
  };
  const rules = { last: 0, since: 100, tags: ['latest'], digests: new Map<string, string>() };

  test('deletes old images with what is attached to them, and nothing else', async () => {
    const registry = registries[0]!;
    const [old, kept, fresh] = [makeSample(directory), makeSample(directory), makeSample(directory)];
    await push(registry, old, 'v1', 'v1-alias');
    await push(registry, kept, 'latest', 'v2');
    await push(registry, fresh, 'v3');
    // Stand-ins for cosign's: only the tag makes them attachments.
    const nameOf = (digest: string, kind: string) => `${digest.replace(':', '-')}${kind}`;
    const [attached, ofPart, ofKept] = [makeSample(directory), makeSample(directory), makeSample(directory)];
    await push(registry, attached, nameOf(old.image.index.digest, '.sig'));
    await push(registry, ofPart, nameOf(old.image.platforms[0]!.manifest.digest, ''));
    await push(registry, ofKept, nameOf(kept.image.platforms[1]!.manifest.digest, '.att'));
    const times = new Map([old, kept].map(({ image }) => [image.index.digest, 1] as const));
    const repository = open(registry, new Map([...times, [fresh.image.index.digest, 100]]));

    const before = good(await readRepository(repository));
    const plan = planRetention(before, rules);
    const manifestsOf = ({ image }: SampleImage) => [
      image.index.digest,
      ...image.platforms.map(({ manifest }) => manifest.digest),
    ];
    const digests = (list: readonly { digest: string }[]) => list.map(({ digest }) => digest).sort();
    const gone = [old, attached, ofPart].flatMap(manifestsOf).sort();
    expect(digests(plan.remove)).toEqual(gone);
    expect(digests(good(await removeManifests(repository, plan.remove, rules, record)))).toEqual(gone);

    expect(recorded.sort()).toEqual(gone);

    const after = good(await readRepository(repository));
    expect(digests(after)).toEqual([kept, fresh, ofKept].flatMap(manifestsOf).sort());
    expect(planRetention(after, rules).remove).toEqual([]);
  });

  test('what has got a tag meanwhile stays', async () => {
    const registry = registries[0]!;
    const image = makeSample(directory);
    await push(registry, image, 'v4');
    const repository = open(registry, new Map([[image.image.index.digest, 1]]));
    const { remove } = planRetention(good(await readRepository(repository)), rules);
    expect(remove).toHaveLength(3);
    await push(registry, image, 'latest');
    expect(good(await removeManifests(repository, remove, rules, record))).toEqual([]);
  });

  test('a registry that does not delete says so', async () => {
    const registry = registries[1]!;
    const image = makeSample(directory);
    await push(registry, image, 'v1');
    const repository = open(registry, new Map([[image.image.index.digest, 1]]));
    const { remove } = planRetention(good(await readRepository(repository)), rules);
    const refused = await removeManifests(repository, remove, rules, record);
    expect(refused.ok ? [] : refused.failures.map(({ code }) => code)).toEqual(['RETENTION_REFUSED']);
  });

  test('a reproducible image has no age of its own', async () => {
    const registry = registries[1]!;
    const stored = good(await readRepository(open(registry, new Map())));
    expect(stored.every(({ time }) => time === undefined)).toBe(true);
    expect(planRetention(stored, rules).remove).toEqual([]);
  });
});
