import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Digest } from '@prism-build/oci';
import { run } from '@prism-build/shell';
import { installCosign } from '../../../test/support/cosign';
import { type FaultyProxy, startFaultyProxy } from '../../../test/support/faultyProxy';
import { describeWith, dockerRegistry, go } from '../../../test/support/needs';
import { startReferrersRegistry } from '../../../test/support/referrersRegistry';
import { makeRegistry, password, user } from '../../../test/support/registry';
import { good } from '../../registry/test/images';
import { type Attestation, type Cosign, type KeySigner, openCosign, predicateTypes, signImage } from '../src';
import { putManifest } from './putManifest';

jest.setTimeout(300_000);

/** Only a manifest changes what others see. `all` cuts before each other request too, which takes minutes. */
const everyRequest = process.env.PRISM_TEST_CUTS === 'all';

const kinds = [
  ['without the referrers API', (directory: string) => makeRegistry(directory, 'memory')],
  ['with the referrers API', () => startReferrersRegistry({ [user]: { password } })],
] as const;

describeWith([dockerRegistry, go], 'signing that is interrupted', () => {
  describe.each(kinds)('in a registry %s', (_, start) => {
    let directory: string;
    let registry: { readonly host: string; readonly stop: () => Promise<void> };
    let proxy: FaultyProxy;
    let cosign: Cosign;
    let signer: KeySigner;
    const auth = Buffer.from(`${user}:${password}`).toString('base64');
    const headers = { authorization: `Basic ${auth}` };
    const path = (name: string) => join(directory, name);
    const auths: Record<string, object> = {};
    function admit(host: string) {
      auths[host] = { auth };
      fs.writeFileSync(path('docker/config.json'), JSON.stringify({ auths }));
    }

    beforeAll(async () => {
      directory = fs.mkdtempSync(join(tmpdir(), 'prism-cut-'));
      registry = await start(path('registry'));
      proxy = await startFaultyProxy(registry.host);
      fs.mkdirSync(path('docker'));
      admit(proxy.host);
      cosign = openCosign({
        run,
        program: installCosign(),
        connection: { allowHttp: [] },
        timeout: 60_000,
        patience: { attempts: 1, delay: 0, sleep: () => Promise.resolve(), random: () => 0 },
        env: { PATH: process.env.PATH!, HOME: directory, DOCKER_CONFIG: path('docker') },
      });
      const made = await run({
        argv: [installCosign(), 'generate-key-pair', `--output-key-prefix=${path('release')}`],
        env: { PATH: process.env.PATH!, HOME: directory, COSIGN_PASSWORD: '' },
        timeout: 20_000,
      });
      good(made);
      const key = path('release.key');
      signer = { key, trusted: good(await cosign.readKey(key)) };
    });
    afterAll(async () => {
      await proxy?.close();
      await registry?.stop();
      if (directory) fs.rmSync(directory, { recursive: true, force: true });
    });

    const sbom = (digest: Digest, by: string): Attestation => ({
      ...{ digest, kind: 'sbom' },
      predicate: { bomFormat: 'CycloneDX', serialNumber: by },
    });
    const sign = (host: string, digest: Digest, names: readonly string[]) => {
      const to = { registry: host, repository: 'team/app' };
      const attestations = names.map((name) => sbom(digest, name));
      return signImage(cosign, signer, { to, digests: [digest], attestations }, path(`lock-${digest}`));
    };
    /** What is there: whether it is signed, and the names of its attestations. */
    const see = async (host: string, digest: Digest) => {
      const image = { registry: host, repository: 'team/app', digest };
      const signatures = good(await cosign.readSignatures(image, signer.trusted));
      const found = good(await cosign.readStatements(image, signer.trusted, predicateTypes.sbom));
      const names = found.map(({ predicate }) => (predicate as { serialNumber: string }).serialNumber);
      return [signatures.length, ...names.sort()];
    };
    const put = () => putManifest({ host: registry.host, headers }, 'team/app');
    const names = ['first', 'second'];

    test('cut before every manifest: what was there stays, what is there verifies, and the next run completes it', async () => {
      proxy.reset();
      good(await sign(proxy.host, await put(), names));
      const cuts = proxy
        .requests()
        .flatMap(({ method, url }, number) =>
          everyRequest || (method === 'PUT' && url.includes('/manifests/')) ? [number] : [],
        );
      expect(cuts.length).toBeGreaterThanOrEqual(3);
      // At once, because cosign waits before it tries again. What is signed for one proxy is not for another.
      const states = await Promise.all(
        cuts.map(async (limit) => {
          const own = await startFaultyProxy(registry.host);
          admit(own.host);
          const digest = await put();
          own.reset((_request, number) => (number >= limit ? { kind: 'cut' } : undefined));
          const cut = await sign(own.host, digest, names);
          expect(cut.ok ? 'done' : cut.failures[0]!.code).toMatch(/^(PUSH|REGISTRY)_UNREACHABLE$/);
          own.reset();
          const there = await see(own.host, digest);
          const { signatures, attestations } = good(await sign(own.host, digest, names));
          expect([signatures, attestations]).toEqual([there[0] ? 0 : 1, 3 - there.length]);
          await own.close();
          return there.join(' ');
        }),
      );
      expect([...new Set(states)].sort()).toEqual([
        '0',
        '1',
        '1 first',
        ...(everyRequest ? ['1 first second'] : []),
      ]);
    });

    test('writers of one digest at once, and a connection that breaks: all that succeed are kept', async () => {
      const digest = await put();
      proxy.reset();
      good(await sign(proxy.host, digest, ['old']));
      let writes = 0;
      proxy.reset(({ method }) => (method === 'PUT' && ++writes === 2 ? { kind: 'cut' } : undefined));
      const done = await Promise.all(names.map((name) => sign(proxy.host, digest, [name])));
      expect(writes).toBeGreaterThan(2);
      const kept = names.filter((_name, at) => done[at]!.ok);
      expect(await see(proxy.host, digest)).toEqual(expect.arrayContaining(['old', ...kept]));
      good(await sign(proxy.host, digest, names));
      expect(await see(proxy.host, digest)).toEqual([1, 'first', 'old', 'second']);
    });
  });
});
