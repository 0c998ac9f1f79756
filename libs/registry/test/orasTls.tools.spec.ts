import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf, MANIFEST_TYPE } from '@prism-build/oci';
import { copyReferrers, parseDestination, pushCalls } from '@prism-build/registry';
import { run } from '@prism-build/shell';
import { type Certificates, makeCertificates } from '../../../test/support/certificates';
import { type ConnectProxy, startConnectProxy } from '../../../test/support/connectProxy';
import { compileOras } from '../../../test/support/goFixture';
import { describeWith, dockerRegistry, go, openssl, skopeo } from '../../../test/support/needs';
import { type ReferrersRegistry, startReferrersRegistry } from '../../../test/support/referrersRegistry';
import { bcrypt, freePort, isOpen, password, serveDistribution, user } from '../../../test/support/registry';
import { good, makeSample } from './images';

describeWith([skopeo, dockerRegistry, go, openssl], 'referrers to a registry with TLS', () => {
  let directory: string;
  let certificates: Certificates;
  let proxy: ConnectProxy;
  let plain: ReferrersRegistry;
  let mutual: string;
  let oras: string;
  let served: ReturnType<typeof serveDistribution>;
  const path = (name: string) => join(directory, name);

  beforeAll(async () => {
    // The first to need it compiles it, which takes a minute on a busy machine.
    oras = compileOras();
    directory = mkdtempSync(join(tmpdir(), 'prism-oras-'));
    // A name that is not loopback, so that its certificate counts. Only the proxy knows where it is.
    certificates = makeCertificates(path('certificates'), ['mutual.test']);
    writeFileSync(path('htpasswd'), `${user}:${bcrypt}\n`);
    const port = await freePort();
    mutual = `mutual.test:${port}`;
    const { server: certificate, serverKey: key, ca } = certificates;
    mkdirSync(path('mutual'));
    served = serveDistribution(
      path('mutual'),
      {
        version: '0.1',
        storage: { inmemory: {} },
        auth: { htpasswd: { realm: 'test', path: path('htpasswd') } },
        http: { addr: `127.0.0.1:${port}`, tls: { certificate, key, clientcas: [ca] } },
      },
      () => isOpen(port),
    );
    await served.start();
    proxy = await startConnectProxy({ 'mutual.test': port });
    plain = await startReferrersRegistry({ [user]: { password } });
    const auth = Buffer.from(`${user}:${password}`).toString('base64');
    const auths = { [mutual]: { auth }, [plain.host]: { auth } };
    writeFileSync(path('auth.json'), JSON.stringify({ auths }));
  }, 300_000);
  afterAll(async () => {
    await Promise.all([served?.stop(), proxy?.close(), plain?.stop()]);
    rmSync(directory, { recursive: true, force: true });
  });

  const env = () => ({ PATH: process.env.PATH!, HOME: directory, HTTPS_PROXY: proxy.url });
  const sideOf = (host: string, certDir: string | undefined) => {
    const connection = { allowHttp: [], certDir, authFile: path('auth.json') };
    const patience = { attempts: 1, delay: 0, random: () => 0, sleep: async () => undefined };
    const tools = { run, calls: pushCalls(connection), timeout: 20_000, env: env(), patience };
    return { place: good(parseDestination(`${host}/team`, 'app')), connection, tools };
  };

  test('one directory of certificates serves both sides, also if one speaks HTTP on loopback', async () => {
    const { image, layout } = makeSample(directory);
    const { digest, size, mediaType } = image.index;
    const certDir = certificates.identified;
    for (const host of [plain.host, mutual]) {
      const { tools, place } = sideOf(host, certDir);
      good(
        await run({ argv: tools.calls.upload(layout, { ...place, digest }), env: env(), timeout: 20_000 }),
      );
    }
    const auth = Buffer.from(`${user}:${password}`).toString('base64');
    const put = async (at: string, bytes: string, type: string) => {
      const headers = { authorization: `Basic ${auth}`, 'content-type': type };
      const url = `http://${plain.host}/v2/team/app/${at}`;
      expect((await fetch(url, { method: 'PUT', headers, body: bytes })).status).toBe(201);
    };
    const [empty] = image.platforms[0]!.layers;
    const config = { mediaType: 'application/vnd.test.report', digest: empty!.digest, size: empty!.size };
    const subject = { digest, size, mediaType };
    const report = JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST_TYPE,
      config,
      layers: [],
      subject,
    });
    const reportDigest = digestOf(Buffer.from(report));
    await put(`manifests/${reportDigest}`, report, MANIFEST_TYPE);

    const from = sideOf(plain.host, certDir);
    for (const [certificatesOfClient, message] of [
      [undefined, 'PUSH_UNTRUSTED'],
      [certificates.trusting, 'wants a certificate of the client'],
    ] as const) {
      const refused = await copyReferrers(oras, from, sideOf(mutual, certificatesOfClient), [digest]);
      expect(JSON.stringify(refused)).toContain(message);
      expect(JSON.stringify(refused)).toContain('certDir');
    }
    const to = sideOf(mutual, certDir);
    expect(good(await copyReferrers(oras, from, to, [digest]))).toBe(true);
    const read = await run({
      argv: to.tools.calls.read({ ...to.place, tag: digest.replace(':', '-') }),
      env: env(),
      timeout: 20_000,
    });
    expect(good(read).stdout).toContain(reportDigest);
    // And back: oras lists by the tag there.
    const back = { ...sideOf(plain.host, certDir), place: { ...from.place, repository: 'team/back' } };
    good(
      await run({
        argv: back.tools.calls.upload(layout, { ...back.place, digest }),
        env: env(),
        timeout: 20_000,
      }),
    );
    expect(good(await copyReferrers(oras, to, back, [digest]))).toBe(true);
    const again = await run({
      argv: back.tools.calls.read({ ...back.place, digest: reportDigest }),
      env: env(),
      timeout: 20_000,
    });
    expect(again.ok).toBe(true);
  });
});
