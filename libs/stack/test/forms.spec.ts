import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderFailures } from '@prism-build/errors';
import * as fc from 'fast-check';
import { parse } from 'yaml';
import { type RenderedFiles, readStack, renderCompose, renderKustomize, renderQuadlet } from '../src';
import { expand } from '../src/render/expand';
import { readQuantity } from '../src/render/quantity';

const file = 'deploy/prism-stack/stack.yaml';
const ours = readFileSync(join(__dirname, '../../..', file), 'utf8');

function read(text: string) {
  const stack = readStack(text, 'stack.yaml');
  if (!stack.ok) throw new Error(renderFailures(stack.failures));
  const names = stack.value.images.map(({ container, reference }) => [
    container,
    `${reference}:sha-0123456789ab`,
  ]);
  return { stack: stack.value, images: Object.fromEntries(names) as Record<string, string> };
}

function filesOf(form: typeof renderQuadlet, text: string): RenderedFiles {
  const { stack, images } = read(text);
  const files = form(stack, images);
  if (!files.ok) throw new Error(renderFailures(files.failures));
  return files.value;
}

function print(files: RenderedFiles): string {
  return Object.entries(files)
    .map(([path, text]) => `=== ${path}\n${text}`)
    .join('');
}

test('the stack of this repository as units of Quadlet', () => {
  expect(print(filesOf(renderQuadlet, ours))).toMatchSnapshot();
});

test('the stack of this repository for Compose', () => {
  expect(print(filesOf(renderCompose, ours))).toMatchSnapshot();
});

test('the stack of this repository as a base and overlays', () => {
  const { stack } = read(ours);
  const image = {
    reference: 'localhost/prism/proxy',
    repository: 'ghcr.io/org/proxy',
    digest: `sha256:${'a'.repeat(64)}`,
    tag: 'sha-aaaaaaaaaaaa',
  };
  const files = renderKustomize(stack, ours, [image, image]);
  expect(files['base/stack.yaml']).toBe(ours);
  expect(print({ ...files, 'base/stack.yaml': '(as it is)\n' })).toMatchSnapshot();
});

const pod = (container: string, more = '') => `apiVersion: v1
kind: Pod
metadata: {name: shop, labels: {app: shop}}
spec:
  containers:
    - name: api
      image: localhost/shop/api
      ${container}
  ${more}
`;

test.each([
  [
    'an httpGet probe',
    'readinessProbe: {httpGet: {path: /health, port: 80}}',
    'readinessProbe, GET /health on port 80',
  ],
  ['a grpc probe', 'startupProbe: {grpc: {port: 80}}', 'startupProbe, grpc.health.v1 on port 80'],
  ['a tcp probe', 'readinessProbe: {tcpSocket: {port: 80}}', 'a connection to port 80'],
  ['successThreshold', 'readinessProbe: {exec: {command: [/a]}, successThreshold: 2}', 'successThreshold'],
  ['a whole Secret', 'envFrom: [{secretRef: {name: words}}]', 'secretRef'],
  [
    'a Secret within a command',
    'env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: k}}}]\n      args: [--password=$(A)]',
    'a Secret within "--password=$(A)"',
  ],
])('%s: refused with its line by Quadlet and by Compose', (_name, container, field) => {
  const { stack, images } = read(pod(container));
  for (const [form, render] of [
    ['Quadlet', renderQuadlet],
    ['Compose', renderCompose],
  ] as const) {
    const files = render(stack, images);
    if (files.ok) throw new Error('it was rendered');
    const line = container.includes('args') ? 9 : 8;
    const text = renderFailures(files.failures);
    expect(text).toContain(`stack.yaml:${line}: STACK_FORM_LACKS: ${form} cannot express `);
    expect(text).toContain(field);
  }
});

test('an emptyDir of two containers is refused', () => {
  const mount = 'volumeMounts: [{name: tmp, mountPath: /tmp}]';
  const second = `\n    - name: other\n      image: localhost/shop/api\n      ${mount}`;
  const { stack, images } = read(pod(mount + second, 'volumes: [{name: tmp, emptyDir: {}}]'));
  expect(renderQuadlet(stack, images)).toMatchObject({ ok: false, failures: [{}, {}] });
});

test('an exec probe stands for one from outside, and this is said', () => {
  const probes =
    'startupProbe: {exec: {command: [/api, health]}}\n      readinessProbe: {tcpSocket: {port: 80}}';
  const said = '# Only nx up asks the readinessProbe of stack.yaml:9: a connection to port 80.\n';
  expect(filesOf(renderQuadlet, pod(probes))['shop-api.container']).toContain(said);
  expect(filesOf(renderCompose, pod(probes))['compose.yaml']).toContain(said);
});

test('limits, requests, users and capabilities', () => {
  const text = pod(
    'resources: {limits: {cpu: 500m, memory: 64Mi}, requests: {cpu: 0.25, memory: 1M}}\n' +
      '      securityContext: {runAsUser: 7, runAsGroup: 8, capabilities: {add: [CHOWN]}}',
    'restartPolicy: OnFailure\n  terminationGracePeriodSeconds: 3',
  );
  const unit = filesOf(renderQuadlet, text)['shop-api.container'];
  for (const line of [
    'PodmanArgs=--memory=67108864',
    'PodmanArgs=--memory-reservation=1000000',
    'PodmanArgs=--cpus=0.5',
    'PodmanArgs=--cpu-shares=256',
    'User=7\nGroup=8',
    'AddCapability=chown',
    'Restart=on-failure',
    'StopTimeout=3',
  ])
    expect(unit).toContain(`${line}\n`);
  expect(parse(filesOf(renderCompose, text)['compose.yaml']!).services.api).toMatchObject({
    ...{ mem_limit: 67108864, mem_reservation: 1000000, cpus: 0.5, cpu_shares: 256 },
    ...{ user: '7:8', cap_add: ['CHOWN'], restart: 'on-failure', stop_grace_period: '3s' },
  });
});

test('an image with a digest may be pulled, and one of this machine may not', () => {
  const { stack } = read(pod(''));
  const digest = `ghcr.io/org/api@sha256:${'a'.repeat(64)}`;
  const pinned = renderQuadlet(stack, { api: digest });
  const path = 'shop-api.container.d/10-image.conf';
  expect(pinned.ok && pinned.value[path]).toBe(`[Container]\nImage=${digest}\n`);
  expect(filesOf(renderQuadlet, pod(''))[path]).toContain('Pull=never\n');
});

test("Kubernetes' references to variables", () => {
  const known = { A: 'one', B: '$(A)' };
  const unknown = new Set(['SECRET']);
  expect(expand('$(A) $(B) $(C) $A $$(A) $$$(A) $(date)', known, unknown)).toBe(
    'one $(A) $(C) $A $(A) $one $(date)',
  );
  expect(expand('$(SECRET)', known, unknown)).toBeUndefined();
  expect(expand('$$(SECRET)', known, unknown)).toBe('$(SECRET)');
});

test.each([
  ['64Mi', 67108864],
  ['500m', 0.5],
  ['1.5', 1.5],
  [2, 2],
  ['1k', 1000],
  ['1T', 1e12],
])('the quantity %s', (quantity, expected) => {
  expect(readQuantity(quantity)).toBe(expected);
});

test('Compose gets every value as the file has it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (value) => {
      fc.pre(!value.includes('$$') && !/\$\([A-Za-z_]/.test(value));
      const text = pod(
        `args: [${JSON.stringify(value)}]\n      env: [{name: A, value: ${JSON.stringify(value)}}]`,
      );
      const { api } = parse(filesOf(renderCompose, text)['compose.yaml']!).services;
      const expected = value.replaceAll('$', '$$$$');
      expect([api.environment.A, api.command]).toEqual([expected, [expected]]);
    }),
  );
});
