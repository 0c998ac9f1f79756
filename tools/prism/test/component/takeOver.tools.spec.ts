import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { get as getPlain } from 'node:http';
import { connect } from 'node:http2';
import { Agent, get } from 'node:https';
import { join } from 'node:path';
import { compileFixture } from '../../../../test/support/goFixture';
import { command, describeWith, go, podman as needsPodman } from '../../../../test/support/needs';
import { repository } from '../../../../test/support/plugin';
import { installTrivy, unpackAdvisories } from '../../../../test/support/trivy';
import { makeWorkspace, succeeded, type Workspace } from '../../../../test/support/workspace';
import { freePorts } from '../support/freePorts';
import { podman } from '../support/podman';

const stack = (name: string, http: number, https: number) => `apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {app: api}}
spec:
  terminationGracePeriodSeconds: 1
  containers:
    - name: api
      image: localhost/${name}/api
      ports: [{name: http, containerPort: 8080}]
      readinessProbe: {httpGet: {path: /ready, port: http}}
---
apiVersion: v1
kind: Service
metadata: {name: api}
spec:
  selector: {app: api}
  ports:
    - {name: http, port: 8080, targetPort: http}
    - {name: grpc, port: 9090, targetPort: http, appProtocol: kubernetes.io/h2c}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: api
  annotations:
    prism-build.edge/image: localhost/${name}/haproxy
    prism-build.edge/http-port: "${http}"
    prism-build.edge/https-port: "${https}"
spec:
  tls: [{secretName: ${name}}]
  rules:
    - http:
        paths:
          - {path: /, pathType: Prefix, backend: {service: {name: api, port: {name: http}}}}
          - {path: /service.Name, pathType: Prefix, backend: {service: {name: api, port: {name: grpc}}}}
`;

/** Two clients that ask without a pause, each on one connection: HTTP/1.1 and HTTP/2, both with TLS. */
function keepAsking(port: number) {
  const answers: string[] = [];
  const failures: string[] = [];
  let over = false;
  const loop = async (ask: () => Promise<string>) => {
    while (!over)
      await ask().then(
        (text) => answers.push(text),
        (error) => failures.push(String(error)),
      );
  };
  const agent = new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false });
  const http1 = () =>
    new Promise<string>((resolve, reject) => {
      get({ host: '127.0.0.1', port, path: '/', agent }, (answer) => {
        let text = '';
        answer.on('data', (chunk) => (text += chunk));
        answer.on('end', () => resolve(`${answer.statusCode} ${text}`)).on('error', reject);
      }).on('error', reject);
    });
  const session = connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
  session.on('error', (error) => failures.push(String(error)));
  session.on('goaway', () => failures.push('the connection was ended'));
  const http2 = () =>
    new Promise<string>((resolve, reject) => {
      const stream = session.request({ ':path': '/service.Name/Method' });
      let [text, status] = ['', 0];
      stream.on('response', (headers) => (status = headers[':status'] ?? 0));
      stream.on('data', (chunk) => (text += chunk));
      stream.on('end', () => resolve(`${status} ${text}`)).on('error', reject);
    });
  const loops = [loop(http1), loop(http2), loop(http2)];
  return async () => {
    over = true;
    await Promise.all(loops);
    session.close();
    agent.destroy();
    return { failures, answers: [...new Set(answers)].sort() };
  };
}

describeWith(
  [needsPodman, go, command('catatonit'), command('openssl')],
  'a reverse proxy before a stack',
  () => {
    const name = `e${process.pid}`;
    let workspace: Workspace;
    let env: Record<string, string>;
    let [http, https] = [0, 0];
    const deploy = (...args: string[]) => workspace.nx(['deploy', 'shop', '--observe=0.5', ...args], env);
    const write = (version: string) => workspace.write('svc/api/version.txt', version);
    const secrets = [`${name}.tls.crt`, `${name}.tls.key`];

    beforeAll(async () => {
      workspace = makeWorkspace();
      const targetDefaults = {
        'build-image': {
          options: { platforms: [`linux/${process.arch === 'x64' ? 'amd64' : process.arch}`] },
        },
      };
      const plugins = [{ plugin: 'prism', options: { prefix: name } }];
      workspace.write('nx.json', JSON.stringify({ plugins, analytics: false, targetDefaults }));
      // The database of the tests gets no younger.
      const policy = { maxDatabaseAgeDays: 100_000, notAssessable: 'allow' };
      workspace.write('scan-policy.json', JSON.stringify(policy));
      workspace.write(
        'svc/api/server',
        readFileSync(compileFixture('takeover', ['go.mod', 'main.go'])),
        0o755,
      );
      workspace.write(
        'svc/api/Containerfile',
        'FROM scratch\nCOPY server version.txt /\nUSER 65532:65532\nENTRYPOINT ["/server"]\n',
      );
      workspace.write('svc/api/project.json', JSON.stringify({ name: 'api' }));
      cpSync(join(repository, 'containerfiles/haproxy'), workspace.path('bases/haproxy'), {
        recursive: true,
      });
      workspace.write('bases/haproxy/project.json', JSON.stringify({ name: 'haproxy' }));
      env = {
        PRISM_TRIVY: installTrivy(),
        PRISM_SCAN_DB: unpackAdvisories(workspace.path('.nx/advisories')),
      };
      [http = 0, https = 0] = await freePorts(2);
      workspace.write('deploy/shop/stack.yaml', stack(name, http, https));
      const pair = ['-keyout', 'key.pem', '-out', 'crt.pem', '-subj', '/CN=localhost', '-days', '2'];
      const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
      execFileSync('openssl', ['req', '-x509', ...kind, ...pair], {
        cwd: workspace.path('.nx'),
        stdio: 'ignore',
      });
    });
    afterAll(() => {
      const quietly = (...args: string[]) => {
        try {
          podman(...args);
        } catch {
          // It is not there.
        }
      };
      quietly('rm', '--force', '--time=0', `${name}.edge`);
      for (const pod of [name, `${name}-next`]) quietly('pod', 'rm', '--force', '--time=0', pod);
      for (const secret of secrets) quietly('secret', 'rm', secret);
      for (const image of ['api', 'haproxy']) {
        const found = podman('images', '--quiet', '--filter', `reference=localhost/${name}/${image}`);
        if (found !== '') quietly('rmi', '--force', ...new Set(found.split('\n')));
      }
      workspace.remove();
    });

    test('without its certificate, nothing is started', async () => {
      write('one');
      const { status, output } = await deploy();
      for (const secret of secrets)
        expect(output).toContain(`STACK_SECRET_MISSING: Podman has no secret ${secret}`);
      expect([status, podman('pod', 'ls', '--format={{.Name}}', `--filter=name=^${name}`)]).toEqual([1, '']);
    });

    test('HTTP goes to HTTPS; every request is answered while a version replaces another, and back', async () => {
      for (const secret of secrets)
        podman(
          'secret',
          'create',
          secret,
          workspace.path(`.nx/${secret.endsWith('key') ? 'key' : 'crt'}.pem`),
        );
      succeeded(await deploy());
      const redirected = await new Promise((resolve) => {
        getPlain({ host: '127.0.0.1', port: http, path: '/a?b=c' }, ({ statusCode, headers }) =>
          resolve(`${statusCode} ${headers.location}`),
        );
      });
      expect(redirected).toBe(`308 https://127.0.0.1:${https}/a?b=c`);

      write('two');
      const stop = keepAsking(https);
      const deployed = await deploy();
      const rolled = await workspace.nx(['rollback', 'shop', '--observe=0.5'], env);
      const { failures, answers } = await stop();
      expect(succeeded(deployed)).toContain(
        'deployment 2 of shop serves; the reverse proxy switched to it, without a gap in service',
      );
      expect(succeeded(rolled)).toContain('deployment 1 of shop serves; the reverse proxy switched to it');
      expect(failures).toEqual([]);
      expect(answers).toEqual([
        '200 one HTTP/1.1 https',
        '200 one HTTP/2.0 https',
        '200 two HTTP/1.1 https',
        '200 two HTTP/2.0 https',
      ]);
      expect(succeeded(await workspace.nx(['status', 'shop'], env))).toMatch(/api .* running +ready/);
      const { output } = await workspace.nx(['history', 'shop', '--json'], env);
      expect(output).toContain('"cause": "every probe answers"');
    });

    test('down leaves nothing', async () => {
      succeeded(await workspace.nx(['down', 'shop', '--grace=1'], env));
      expect(podman('ps', '--all', '--format={{.Names}}', `--filter=name=^${name}`)).toBe('');
    });
  },
);
