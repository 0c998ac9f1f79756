import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import {
  listFreePorts,
  listResources,
  listVolumes,
  ownerOf,
  planProbes,
  readStack,
  renderKubernetes,
  renderPodman,
} from '../src';

const text = readFileSync(join(__dirname, '../../../deploy/prism-stack/stack.yaml'), 'utf8');
const read = readStack(text, 'stack.yaml');
if (!read.ok) throw new Error(JSON.stringify(read.failures));
const stack = read.value;
const facts = {
  owner: ownerOf('prism-stack', '/clone'),
  images: Object.fromEntries(
    stack.images.map(({ container, reference }) => [container, `${reference}:sha-0123456789ab`]),
  ),
  probePorts: { 50100: 40001, 50101: 40002 },
};

test('for Podman 4.3: one pod, ports on loopback, no probes, volumes by name', () => {
  expect(renderPodman(stack, facts).text).toMatchSnapshot();
});

test('Podman reads words of YAML 1.1 as text', () => {
  const container = {
    name: 'a',
    image: 'localhost/a',
    env: [{ name: 'A', value: 'yes' }],
    args: ['=', '12:30', '\n\tx'],
  };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { containers: [container] } };
  const small = readStack(JSON.stringify(pod), 'stack.yaml');
  if (!small.ok) throw new Error(JSON.stringify(small.failures));
  const rendered = renderPodman(small.value, { ...facts, images: {}, probePorts: {} }).text;
  for (const line of ['value: "yes"', '- "="', '- "12:30"', '- "\\n\\tx"']) expect(rendered).toContain(line);
});

test('what is rendered is the same whatever ports the probes get', () => {
  const one = renderPodman(stack, facts);
  const other = renderPodman(stack, { ...facts, probePorts: {} });
  expect(other.rendered).toBe(one.rendered);
  expect(other.text).not.toBe(one.text);
  const changed = { ...facts, images: { ...facts.images, proxy: 'localhost/prism/proxy:sha-ba9876543210' } };
  expect(renderPodman(stack, changed).rendered).not.toBe(one.rendered);
});

test('what Podman cannot limit is left out; the rest is as it was', () => {
  const limitsOf = (limits: readonly ('cpu' | 'memory')[] | undefined) =>
    parseAllDocuments(renderPodman(stack, { ...facts, limits }).text)
      .map((one) => one.toJS())
      .filter(({ kind }) => kind === 'Pod')
      .flatMap(({ spec }) => spec.containers.map((one: { resources?: object }) => one.resources));
  expect(listResources(stack)).toEqual(['memory']);
  expect(limitsOf(['memory'])).toContainEqual(expect.objectContaining({ limits: { memory: '128Mi' } }));
  expect(limitsOf([])).toEqual(stack.spec.containers.map(() => undefined));
  expect(JSON.stringify(limitsOf(['cpu']))).not.toContain('Mi');
  expect(renderPodman(stack, { ...facts, limits: undefined }).text).toBe(renderPodman(stack, facts).text);
});

test('files of this machine are mounted where the dev loop says', () => {
  const mounts = { proxy: [{ source: '/w/.prism/dev/proxy/shim', target: '/.prism-dev' }] };
  const [pod] = parseAllDocuments(renderPodman(stack, { ...facts, mounts }).text)
    .map((one) => one.toJS())
    .filter(({ kind }) => kind === 'Pod');
  expect(pod.spec.volumes).toContainEqual({
    name: 'host-proxy-0',
    hostPath: { path: '/w/.prism/dev/proxy/shim' },
  });
  const mounting = pod.spec.containers.filter(({ volumeMounts = [] }) =>
    volumeMounts.some(({ mountPath }: { mountPath: string }) => mountPath === '/.prism-dev'),
  );
  expect(mounting.map(({ name }: { name: string }) => name)).toEqual(['proxy']);
});

test('for Kubernetes: the file with other images, and nothing else', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  const rendered = renderKubernetes(text, { 'localhost/prism/proxy': `ghcr.io/org/proxy@${digest}` });
  const documents = (yaml: string) => parseAllDocuments(yaml).map((one) => one.toJS());
  const expected = text.replace('image: localhost/prism/proxy\n', `image: ghcr.io/org/proxy@${digest}\n`);
  expect(documents(rendered)).toEqual(documents(expected));
  expect(rendered).toContain('# A database has one writer');
  // The rendered stack is no input of up: it names a registry by digest.
  expect(readStack(rendered, 'stack.yaml').ok).toBe(true);
});

test('the probes, the ports that only they ask, and the volumes', () => {
  expect(planProbes(stack).map(({ container, question }) => [container, question.kind])).toEqual([
    ['proxy', 'exec'],
    ['proxy', 'http'],
    ['memstore', 'exec'],
    ['memstore', 'grpc'],
    ['postgres-plugin', 'exec'],
    ['postgres-plugin', 'grpc'],
    ['database', 'exec'],
    ['page', 'exec'],
    ['page', 'http'],
  ]);
  expect(listFreePorts(stack)).toEqual([50100, 50101]);
  expect(listVolumes(stack)).toEqual([
    { name: 'prism-stack.claim.database', kind: 'claim' },
    { name: 'prism-stack.config.proxy', kind: 'config' },
    { name: 'prism-stack.scratch.tmp', kind: 'scratch' },
  ]);
});
