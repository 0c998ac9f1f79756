import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ok, renderFailures } from '@prism-build/errors';
import {
  type Connection,
  parseDestination,
  planPush,
  pushCalls,
  pushImage,
  withCredentials,
} from '@prism-build/registry';
import { run } from '@prism-build/shell';
import { type Certificates, makeCertificates } from '../../../test/support/certificates';
import { type ConnectProxy, startConnectProxy } from '../../../test/support/connectProxy';
import { describeWith, dockerRegistry, go, openssl, skopeo } from '../../../test/support/needs';
import { type ReferrersRegistry, startReferrersRegistry } from '../../../test/support/referrersRegistry';
import { bcrypt, freePort, isOpen, password, serveDistribution, user } from '../../../test/support/registry';
import { startTokenServer, type TokenServer } from '../../../test/support/tokenServer';
import { good, makeSample } from './images';

const secret = 'no word for a log';
/** Names that are not loopback, so that their certificates count. Only the proxy knows where they are. */
const names = { tls: 'registry.test', mutual: 'mutual.test', plain: 'plain.test' };

describeWith([skopeo, dockerRegistry, go, openssl], 'pushes to real registries', () => {
  let directory: string;
  let certificates: Certificates;
  let proxy: ConnectProxy;
  let tokens: TokenServer;
  let referrers: ReferrersRegistry;
  let tokenHost: string;
  const ports: Record<string, number> = {};
  const distributions: ReturnType<typeof serveDistribution>[] = [];

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'prism-servers-'));
    certificates = makeCertificates(join(directory, 'certificates'), [names.tls, names.mutual]);
    writeFileSync(join(directory, 'htpasswd'), `${user}:${bcrypt}\n`);
    const accounts = {
      writer: { password: secret, actions: ['pull', 'push'] },
      reader: { password: secret, actions: ['pull'] },
      late: { password: secret, actions: ['pull', 'push'], expired: true },
    } as const;
    tokens = await startTokenServer(certificates.ca, certificates.caKey, accounts);
    referrers = await startReferrersRegistry({
      writer: { password: secret },
      reader: { password: secret, readOnly: true },
      full413: { password: secret, quota: 30, quotaStatus: 413 },
      full507: { password: secret, quota: 30, quotaStatus: 507 },
      full403: { password: secret, quota: 30, quotaStatus: 403 },
    });
    const { server: certificate, serverKey: key, ca } = certificates;
    const htpasswd = { htpasswd: { realm: 'test', path: join(directory, 'htpasswd') } };
    const { realm, issuer, service } = tokens;
    ports[names.tls] = await serve('tls', htpasswd, { certificate, key });
    ports[names.mutual] = await serve('mutual', htpasswd, { certificate, key, clientcas: [ca] });
    ports[names.plain] = Number(referrers.host.split(':')[1]);
    tokenHost = `127.0.0.1:${await serve('token', { token: { realm, issuer, service, rootcertbundle: ca } })}`;
    proxy = await startConnectProxy(ports);
    // The first machine compiles the Go registry.
  }, 300_000);
  afterAll(async () => {
    await Promise.all(distributions.map(({ stop }) => stop()));
    await Promise.all([proxy?.close(), tokens?.close(), referrers?.stop()]);
    rmSync(directory, { recursive: true, force: true });
  });
  beforeEach(() => {
    proxy.answer(200);
    proxy.asked.length = 0;
  });

  async function serve(name: string, auth: object, tls?: object): Promise<number> {
    const port = await freePort();
    const at = join(directory, name);
    mkdirSync(at);
    const http = { addr: `127.0.0.1:${port}`, ...(tls && { tls }) };
    const settings = { version: '0.1', storage: { inmemory: {} }, auth, http };
    const registry = serveDistribution(at, settings, () => isOpen(port));
    distributions.push(registry);
    await registry.start();
    return port;
  }

  type Environment = Record<string, string>;
  const as = (account: string, word = secret): Environment => ({
    PRISM_REGISTRY_USER: account,
    PRISM_REGISTRY_PASSWORD: word,
  });
  const htpasswdUser = () => as(user, password);
  /** The rest of the environment; nothing comes from the user who tests. */
  const surroundings = (): Environment => ({
    PATH: `${join(directory, 'bin')}:${process.env.PATH}`,
    HOME: join(directory, 'home'),
    XDG_RUNTIME_DIR: join(directory, 'runtime'),
    HTTPS_PROXY: proxy.url,
    HTTP_PROXY: proxy.url,
  });
  const push = async (host: string, env: Environment, connection: Partial<Connection> = {}, tag = 'v1') => {
    const sample = makeSample(directory);
    const whole = { ...surroundings(), ...env };
    mkdirSync(whole.XDG_RUNTIME_DIR!, { recursive: true });
    const plan = planPush('app', sample.image, good(parseDestination(`${host}/team`, 'app')), [
      { name: tag, rule: tag, immutable: false },
    ]);
    const patience = { attempts: 1, delay: 0, random: () => 0, sleep: async () => undefined };
    const pushed = await withCredentials(host, whole, (made) =>
      pushImage(
        {
          run,
          calls: pushCalls({ allowHttp: [], ...connection }),
          timeout: 20_000,
          env: made ?? whole,
          patience,
        },
        plan,
        { force: false, layout: async () => ok(sample.layout) },
      ),
    );
    const text = pushed.ok ? '' : renderFailures(pushed.failures);
    for (const word of [secret, password, Buffer.from(`writer:${secret}`).toString('base64')])
      expect(text).not.toContain(word);
    return { digest: sample.image.index.digest, code: pushed.ok ? 'pushed' : pushed.failures[0]!.code, text };
  };
  const hostOf = (name: string) => `${name}:${ports[name]}`;
  /** The digest behind a tag of the registry with referrers. */
  const digestOfTag = async (tag: string) => {
    const authorization = `Basic ${Buffer.from(`writer:${secret}`).toString('base64')}`;
    const url = `http://${referrers.host}/v2/team/app/manifests/${tag}`;
    const answer = await fetch(url, { method: 'HEAD', headers: { authorization } });
    return answer.headers.get('docker-content-digest');
  };

  describe('TLS', () => {
    test('an own CA has to be named', async () => {
      const pushed = await push(hostOf(names.tls), htpasswdUser());
      expect(pushed.code).toBe('PUSH_UNTRUSTED');
      expect(pushed.text).toContain('certDir');
      expect((await push(hostOf(names.tls), htpasswdUser(), { certDir: certificates.trusting })).code).toBe(
        'pushed',
      );
    });

    test('a registry may want a certificate of the client', async () => {
      const host = hostOf(names.mutual);
      const refused = await push(host, htpasswdUser(), { certDir: certificates.trusting });
      expect(refused.code).toBe('PUSH_UNTRUSTED');
      expect(refused.text).toContain('client.cert');
      expect((await push(host, htpasswdUser(), { certDir: certificates.identified })).code).toBe('pushed');
    });

    test('HTTP has to be allowed for a host, and nothing is sent before', async () => {
      const host = hostOf(names.plain);
      const refused = await push(host, as('writer'), {}, 'plain');
      expect(refused.code).toBe('PUSH_PLAIN_HTTP');
      expect(refused.text).toContain(`--allowHttp=${host}`);
      expect(await digestOfTag('plain')).toBeNull();
      const allowed = await push(host, as('writer'), { allowHttp: [host] }, 'plain');
      expect(allowed.code).toBe('pushed');
      expect(await digestOfTag('plain')).toBe(allowed.digest);
    });
  });

  describe('proxies', () => {
    const trusting = () => ({ certDir: certificates.trusting });

    test('lead to the registry; NO_PROXY leads past them', async () => {
      const host = hostOf(names.tls);
      expect((await push(host, htpasswdUser(), trusting())).code).toBe('pushed');
      expect(new Set(proxy.asked)).toEqual(new Set([host]));
      proxy.asked.length = 0;
      const past = await push(host, { ...htpasswdUser(), NO_PROXY: names.tls }, trusting());
      expect(past.code).toBe('PUSH_UNREACHABLE');
      expect(past.text).toContain('no such host');
      expect((await push(tokenHost, as('writer'))).code).toBe('pushed');
      expect(proxy.asked).toEqual([]);
    });

    test.each([407, 403])('that refuse are named: %i', async (status) => {
      proxy.answer(status);
      const refused = await push(hostOf(names.tls), htpasswdUser(), trusting());
      expect(refused.code).toBe('PUSH_PROXY_REFUSED');
      expect(refused.text).toContain('HTTPS_PROXY');
    });

    test('that do not answer are named', async () => {
      const dead = { HTTPS_PROXY: 'http://127.0.0.1:1' };
      const refused = await push(hostOf(names.tls), { ...htpasswdUser(), ...dead }, trusting());
      expect(refused.code).toBe('PUSH_UNREACHABLE');
      expect(refused.text).toContain('proxyconnect');
    });
  });

  describe('tokens', () => {
    test('of an account that may push', async () => {
      expect((await push(tokenHost, as('writer'))).code).toBe('pushed');
    });

    test.each([
      ['a wrong password', 'writer', 'wrong'],
      ['no account', 'nobody', secret],
      ['an account that may only read', 'reader', secret],
      ['an expired token', 'late', secret],
    ])('%s is refused', async (_, account, word) => {
      const refused = await push(tokenHost, as(account, word));
      expect(refused.code).toBe('PUSH_DENIED');
      expect(refused.text).toContain(`skopeo login ${tokenHost}`);
    });
  });

  describe('credentials', () => {
    /** A credential helper, as Docker's protocol has it. */
    const writeHelper = (name: string, account: string, word: string, status = 0) => {
      mkdirSync(join(directory, 'bin'), { recursive: true });
      const answer = JSON.stringify({ ServerURL: '', Username: account, Secret: word });
      const file = join(directory, 'bin', `docker-credential-${name}`);
      writeFileSync(file, `#!/bin/sh\ncat >/dev/null\necho '${answer}'\nexit ${status}\n`);
      chmodSync(file, 0o755);
    };
    const writeJson = (file: string, value: object) => {
      mkdirSync(join(directory, file, '..'), { recursive: true });
      writeFileSync(join(directory, file), JSON.stringify(value));
      return join(directory, file);
    };
    const auth = (word = secret) => ({ auth: Buffer.from(`writer:${word}`).toString('base64') });
    afterEach(() => {
      for (const place of ['bin', 'home', 'runtime', 'docker'])
        rmSync(join(directory, place), { recursive: true, force: true });
    });

    test('none', async () => {
      expect((await push(referrers.host, {})).code).toBe('PUSH_DENIED');
    });

    test('of REGISTRY_AUTH_FILE, and of variables, which win', async () => {
      const right = writeJson('auth.json', { auths: { [referrers.host]: auth() } });
      expect((await push(referrers.host, { REGISTRY_AUTH_FILE: right })).code).toBe('pushed');
      const wrong = writeJson('wrong.json', { auths: { [referrers.host]: auth('wrong') } });
      expect((await push(referrers.host, { REGISTRY_AUTH_FILE: wrong })).code).toBe('PUSH_DENIED');
      const both = { REGISTRY_AUTH_FILE: wrong, ...as('writer') };
      expect((await push(referrers.host, both)).code).toBe('pushed');
    });

    test('of podman login', async () => {
      writeJson('runtime/containers/auth.json', { auths: { [referrers.host]: auth() } });
      expect((await push(referrers.host, {})).code).toBe('pushed');
    });

    test.each(['home/.docker', 'docker'])('of docker login in %s', async (place) => {
      const env = place === 'docker' ? { DOCKER_CONFIG: join(directory, 'docker') } : {};
      writeJson(`${place}/config.json`, { auths: { [referrers.host]: auth() } });
      expect((await push(referrers.host, env)).code).toBe('pushed');
      writeHelper('test', 'writer', secret);
      writeJson(`${place}/config.json`, { credHelpers: { [referrers.host]: 'test' } });
      expect((await push(referrers.host, env)).code).toBe('pushed');
      writeJson(`${place}/config.json`, { auths: { [referrers.host]: {} }, credsStore: 'test' });
      expect((await push(referrers.host, env)).code).toBe('pushed');
    });

    test('a helper that is missing is named', async () => {
      writeJson('home/.docker/config.json', { credsStore: 'gone' });
      const refused = await push(referrers.host, {});
      expect(refused.code).toBe('PUSH_CREDENTIALS');
      expect(refused.text).toContain('docker-credential-gone');
    });

    test('a helper that fails keeps its secret', async () => {
      writeHelper('test', 'writer', secret, 1);
      writeJson('home/.docker/config.json', { credsStore: 'test' });
      expect((await push(referrers.host, {})).code).toBe('PUSH_CREDENTIALS');
    });

    test('a refresh token of a helper, which may be outdated', async () => {
      writeJson('home/.docker/config.json', { credsStore: 'test' });
      writeHelper('test', '<token>', 'refresh-writer');
      expect((await push(tokenHost, {})).code).toBe('pushed');
      writeHelper('test', '<token>', 'outdated');
      expect((await push(tokenHost, {})).code).toBe('PUSH_DENIED');
    });
  });

  describe('accounts', () => {
    test('that may only read leave the tag', async () => {
      const first = await push(referrers.host, as('writer'), {}, 'kept');
      expect((await push(referrers.host, as('reader'), {}, 'kept')).code).toBe('PUSH_DENIED');
      expect(await digestOfTag('kept')).toBe(first.digest);
    });

    test.each([413, 507, 403])('whose quota is used up, by status %i', async (status) => {
      const first = await push(referrers.host, as('writer'), {}, 'kept');
      const refused = await push(referrers.host, as(`full${status}`), {}, 'kept');
      expect(refused.code).toBe('PUSH_TOO_LARGE');
      expect(await digestOfTag('kept')).toBe(first.digest);
    });
  });
});
