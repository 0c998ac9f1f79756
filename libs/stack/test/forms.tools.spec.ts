import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderFailures } from '@prism-build/errors';
import * as fc from 'fast-check';
import { parseAllDocuments } from 'yaml';
import {
  checkPodSecurity,
  dryRunQuadlet,
  installForms,
  kustomize,
  readCompose,
  validateKubernetes,
  writeFiles,
} from '../../../test/support/forms';
import { command, describeWith, go } from '../../../test/support/needs';
import {
  ownerOf,
  readStack,
  renderCompose,
  renderKubernetes,
  renderKustomize,
  renderPodman,
  renderQuadlet,
  type Stack,
} from '../src';

const ours = readFileSync(join(__dirname, '../../../deploy/prism-stack/stack.yaml'), 'utf8');
const digest = `sha256:${'a'.repeat(64)}`;
const secrets = { PRISM_STACK_DATABASE_PASSWORD: 'hidden' };

function read(text: string): Stack {
  const stack = readStack(text, 'stack.yaml');
  if (!stack.ok) throw new Error(renderFailures(stack.failures));
  return stack.value;
}

const componentOf = (reference: string) => reference.slice(reference.lastIndexOf('/') + 1);
const pin = (reference: string) => `ghcr.io/org/${componentOf(reference)}@${digest}`;
const imagesOf = ({ images }: Stack) =>
  Object.fromEntries(images.map(({ container, reference }) => [container, pin(reference)]));

/** Words with everything that a format may take for its own. */
const words = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '$',
        '%',
        '"',
        "'",
        '\\',
        ' ',
        '\n',
        '\t',
        '#',
        ';',
        '=',
        '$A',
        '{A}',
        '%h',
        '\\n',
        'é',
      ),
      fc.string(),
    ),
    {
      minLength: 1,
    },
  )
  .map((parts) => parts.join(''))
  // Kubernetes' own expansion is tested apart. A variable of a process has no zero byte.
  .filter((text) => !/\$\$|\$\(|\0/.test(text) && /\S/.test(text));

/** A stack of one container with these values as variables and arguments. */
const withWords = (values: readonly string[]) => `apiVersion: v1
kind: Pod
metadata: {name: shop}
spec:
  containers:
    - name: api
      image: localhost/shop/api
      args: ${JSON.stringify(values)}
      env: ${JSON.stringify(values.map((value, index) => ({ name: `V${index}`, value })))}
      startupProbe: {exec: {command: ${JSON.stringify(['/api', ...values])}}}
`;

describeWith([go, command('python3.11')], 'rendered stacks and the programs that read them', () => {
  let directory: string;
  beforeAll(installForms, 120_000);
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'prism-forms-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const build = (overlay: string) => {
    const built = kustomize(join(directory, 'overlays', overlay));
    expect(built).toMatchObject({ status: 0 });
    return built.output;
  };
  const valid = (yaml: string) => {
    const file = join(directory, 'rendered.yaml');
    writeFileSync(file, yaml);
    return validateKubernetes(file);
  };

  test('Kubernetes: valid by its schemas and types, and restricted by Pod Security', () => {
    const stack = read(ours);
    const references = stack.images.map(({ reference }) => [reference, pin(reference)]);
    const rendered = renderKubernetes(ours, Object.fromEntries(references));
    expect(valid(rendered)).toMatchObject({ status: 0 });
    expect(checkPodSecurity(rendered)).toEqual({ status: 0, output: '' });

    const misspelt = rendered.replace('readinessProbe', 'readinessprobe');
    expect(valid(misspelt)).toMatchObject({ status: 1, output: expect.stringContaining('readinessprobe') });
    expect(checkPodSecurity(misspelt)).toMatchObject({
      status: 1,
      output: expect.stringContaining('unknown field "spec.template.spec.containers[0].readinessprobe"'),
    });
    expect(valid(rendered.replace('containerPort: 8980', 'containerPort: grpc')).status).toBe(1);
    const privileged = rendered.replace('runAsNonRoot: true', 'runAsNonRoot: false');
    expect(checkPodSecurity(privileged)).toMatchObject({
      status: 1,
      output: expect.stringContaining('runAsNonRoot'),
    });
  }, 600_000);

  test('kustomize: the overlay of Kubernetes is the Kubernetes form; only that of Podman 4.3 has host ports', () => {
    const stack = read(ours);
    const images = stack.images.map(({ reference }) => ({
      ...{ reference, repository: `ghcr.io/org/${componentOf(reference)}`, digest },
      tag: 'sha-aaaaaaaaaaaa',
    }));
    writeFiles(directory, renderKustomize(stack, ours, images));
    const byKind = (yaml: string) =>
      parseAllDocuments(yaml)
        .map((one) => one.toJS())
        .sort((one, other) => (one.kind < other.kind ? -1 : 1));
    const references = stack.images.map(({ reference }) => [reference, pin(reference)]);
    const cluster = build('kubernetes');
    expect(byKind(cluster)).toEqual(byKind(renderKubernetes(ours, Object.fromEntries(references))));
    expect(checkPodSecurity(cluster)).toEqual({ status: 0, output: '' });

    const podman = build('podman');
    expect(byKind(podman).map(({ kind }) => kind)).toEqual(['ConfigMap', 'Deployment']);
    expect([valid(podman).status, checkPodSecurity(podman).status]).toEqual([0, 0]);
    const old = build('podman-4.3');
    expect(valid(old)).toMatchObject({ status: 0 });
    expect(checkPodSecurity(old)).toMatchObject({ status: 1, output: expect.stringContaining('hostPort') });
    // The same ports on the host as those of `up`.
    const hostPorts = (yaml: string) => [...yaml.matchAll(/hostPort: (\d+)/g)].map(([, port]) => port).sort();
    const up = renderPodman(stack, { owner: ownerOf('prism-stack', '/'), images: {}, probePorts: {} });
    expect(hostPorts(old)).toEqual(hostPorts(up.text));
  });

  test('Quadlet: its generator takes every key, and starts the pod with ports, health checks and digests', () => {
    const files = renderQuadlet(read(ours), imagesOf(read(ours)));
    if (!files.ok) throw new Error(renderFailures(files.failures));
    writeFiles(directory, files.value);
    const { status, output } = dryRunQuadlet(directory);
    expect(status).toBe(0);
    expect(output.match(/^ExecStart=\S+ run /gm)).toHaveLength(5);
    expect(output.match(/--sdnotify=healthy/g)).toHaveLength(5);
    expect(output).toContain('--publish 127.0.0.1:8980:8980/tcp');
    expect(output).toContain(`-v ${directory}/config/proxy:/etc/prism:ro`);
    expect(output).toContain(pin('localhost/prism/base-postgres'));

    writeFiles(directory, { 'other.container': '[Container]\nImage=a\nReadOnyl=true\n' });
    expect(dryRunQuadlet(directory)).toMatchObject({
      status: 1,
      output: expect.stringContaining('ReadOnyl'),
    });
  });

  test('Compose: read as written, with the network of the first container', () => {
    const files = renderCompose(read(ours), imagesOf(read(ours)));
    if (!files.ok) throw new Error(renderFailures(files.failures));
    writeFiles(directory, files.value);
    const { status, output } = readCompose(directory, secrets);
    expect(status).toBe(0);
    const { services } = JSON.parse(output);
    expect(services.database).toMatchObject({
      environment: { POSTGRES_PASSWORD: 'hidden' },
      network_mode: 'service:proxy',
      healthcheck: { test: ['CMD', 'pg_isready', '--quiet'] },
    });
    expect(services.proxy.ports).toHaveLength(3);
    const without = readCompose(directory, { PRISM_STACK_DATABASE_PASSWORD: '' });
    expect(without.status).not.toBe(0);
    expect(without.output).toContain('PRISM_STACK_DATABASE_PASSWORD');
  });

  test('any word reaches the program through Quadlet and Compose as the file has it', () => {
    const values = fc.sample(words, { numRuns: 200, seed: 1 });
    const stack = read(withWords(values));
    for (const render of [renderQuadlet, renderCompose]) {
      const files = render(stack, { api: 'localhost/shop/api:sha-aaaaaaaaaaaa' });
      if (!files.ok) throw new Error(renderFailures(files.failures));
      writeFiles(directory, files.value);
    }
    const composed = readCompose(directory, {});
    expect(composed).toMatchObject({ status: 0 });
    const { services } = JSON.parse(composed.output);
    // Compose prints what it would read again.
    const plain = (text: string) => text.replaceAll('$$', '$');
    expect(services.api.command.map(plain)).toEqual(values);
    expect(values.map((_, index) => plain(services.api.environment[`V${index}`]))).toEqual(values);
    expect(services.api.healthcheck.test.slice(2).map(plain)).toEqual(values);

    const started = /^ExecStart=(.*)$/m.exec(dryRunQuadlet(directory).output)![1]!;
    const argv = readCommandLine(started);
    const after = (option: string) => argv.flatMap((word, at) => (argv[at - 1] === option ? [word] : []));
    const variables = new Map(after('--env').map((one) => [one.slice(0, one.indexOf('=')), one]));
    expect(values.map((_, index) => variables.get(`V${index}`))).toEqual(
      values.map((value, index) => `V${index}=${value}`),
    );
    expect(argv.slice(-values.length)).toEqual(values);
    expect(JSON.parse(after('--health-cmd')[0]!)).toEqual(['/api', ...values]);
  });
});

/** The words of ExecStart as systemd gives them to the program: quotes, C escapes, `%%` and `$$` (systemd.service(5)). */
function readCommandLine(line: string): string[] {
  const named: Readonly<Record<string, string>> = {
    n: '\n',
    t: '\t',
    r: '\r',
    s: ' ',
    a: '\x07',
    b: '\b',
    f: '\f',
    v: '\v',
  };
  const found = [...line.matchAll(/"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|((?:[^\s"'\\]|\\.)+)/g)];
  return found.map(([, double, single, bare]) => {
    const bytes: Buffer[] = [];
    const text = double ?? single ?? bare ?? '';
    for (const [part, escaped] of text.matchAll(/\\(x[0-9a-f]{2}|.)|[^\\]+/gs)) {
      if (escaped === undefined) bytes.push(Buffer.from(part));
      else if (/^x..$/.test(escaped)) bytes.push(Buffer.from(escaped.slice(1), 'hex'));
      else bytes.push(Buffer.from(named[escaped] ?? escaped));
    }
    return Buffer.concat(bytes).toString().replaceAll('%%', '%').replaceAll('$$', '$');
  });
}
