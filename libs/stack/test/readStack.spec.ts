import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderFailures } from '@prism-build/errors';
import * as fc from 'fast-check';
import { parseAllDocuments, stringify } from 'yaml';
import { readStack } from '../src';
import { listImages } from '../src/read/listImages';

const pod = `apiVersion: v1
kind: Pod
metadata:
  name: shop
  labels: {app: shop}
spec:
  containers:
    - name: api
      image: localhost/shop/api
      ports:
        - name: http
          containerPort: 8080
      readinessProbe:
        httpGet:
          path: /health
          port: http
`;
const service = `---
apiVersion: v1
kind: Service
metadata: {name: api}
spec:
  selector: {app: shop}
  ports: [{port: 80, targetPort: http}]
`;
const ours = readFileSync(join(__dirname, '../../../deploy/prism-stack/stack.yaml'), 'utf8');

function refusal(text: string): string {
  const read = readStack(text, 'stack.yaml');
  if (read.ok) throw new Error('it was accepted');
  return renderFailures(read.failures);
}

test('the stack of this repository', () => {
  const read = readStack(ours, 'deploy/prism-stack/stack.yaml');
  if (!read.ok) throw new Error(renderFailures(read.failures));
  const { name, ports, images, secrets, claims } = read.value;
  expect({ name, claims }).toEqual({ name: 'prism-stack', claims: ['database'] });
  expect(ports.map(({ hostPort, containerPort }) => [hostPort, containerPort])).toEqual([
    [8980, 8980],
    [8981, 8981],
    [8000, 8000],
  ]);
  expect(images.map(({ reference }) => reference)).toEqual([
    'localhost/prism/proxy',
    'localhost/prism/plugin-memstore',
    'localhost/prism/plugin-postgres',
    'localhost/prism/base-postgres',
    'localhost/prism/admin',
  ]);
  expect(secrets).toEqual([
    { name: 'prism-stack', at: { file: 'deploy/prism-stack/stack.yaml', line: expect.any(Number) } },
  ]);
  const line = ours.split('\n')[secrets[0]!.at.line! - 1];
  expect(line).toContain('name: prism-stack');
});

test('a Pod and a Deployment with its template are the same stack', () => {
  const [document] = parseAllDocuments(pod).map((one) => one.toJS());
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'shop' },
    spec: {
      selector: { matchLabels: { app: 'shop' } },
      template: { metadata: { labels: { app: 'shop' } }, spec: document.spec },
    },
  };
  const one = readStack(pod + service, 'stack.yaml');
  const other = readStack(stringify(deployment) + service, 'stack.yaml');
  const withoutPlaces = (value: unknown) =>
    JSON.parse(JSON.stringify(value, (key, inner) => (['at', 'kind'].includes(key) ? undefined : inner)));
  expect(withoutPlaces(one)).toEqual(withoutPlaces(other));
  expect(one).toMatchObject({ ok: true, value: { ports: [{ hostPort: 80, containerPort: 8080 }] } });
});

test.each([
  [
    'readinessProbe',
    'redinessProbe',
    13,
    'STACK_FIELD_UNKNOWN: unknown name redinessProbe in spec.containers[0]. Did you mean readinessProbe?',
  ],
  ['containerPort', 'containerport', 12, 'Did you mean containerPort?'],
  ['kind: Pod', 'kind: pod', 2, 'STACK_FIELD_UNKNOWN: unknown name pod in kind. Did you mean Pod?'],
  ['readinessProbe', 'livenessProbe', 13, 'STACK_NOT_HONOURED: a stack may not have livenessProbe'],
  ['kind: Pod', 'kind: Secret', 2, 'STACK_NOT_HONOURED: a stack may not have Secret in kind'],
  ['8080', '"8080"', 12, 'spec.containers[0].ports[0].containerPort: "8080" is not valid'],
  ['8080', '99999', 12, 'spec.containers[0].ports[0].containerPort: 99999 is not valid'],
  ['port: http', 'port: htp', 16, 'container api has no port htp. Did you mean http?'],
  [
    '/health',
    'health',
    15,
    'spec.containers[0].readinessProbe.httpGet.path: "health" is not an absolute path',
  ],
  ['localhost/shop/api', 'docker.io/library/redis:7', 9, 'has no digest'],
  ['localhost/shop/api', 'localhost/shop/api:v1', 9, 'has a tag or a digest'],
  ['name: shop\n', 'name: Shop\n', 4, 'metadata.name: "Shop" is not a name of Kubernetes'],
  ['{app: shop}', '{app: shop, app: shop}', 5, 'STACK_NOT_YAML: stack.yaml cannot be read as YAML'],
  [
    'spec:\n',
    'spec:\n  hostNetwork: true\n',
    7,
    'STACK_NOT_HONOURED: a stack may not have hostNetwork in spec',
  ],
  [
    '      ports',
    '      volumeMounts: [{name: data, mountPath: /data}]\n      ports',
    10,
    'stack.yaml has no volume data',
  ],
  [
    '      ports',
    '      env: [{name: A, valueFrom: {configMapKeyRef: {name: c, key: k}}}]\n      ports',
    10,
    'STACK_REFERENCE_MISSING: stack.yaml has no ConfigMap c',
  ],
  [
    '      ports',
    '      env: [{name: A, value: 1}]\n      ports',
    10,
    'put a number or a truth value into quotes',
  ],
  [
    '      ports',
    '      securityContext: {runAsNonRoot: true, runAsUser: 0}\n      ports',
    10,
    'runAsNonRoot is true, and runAsUser is 0',
  ],
])('%s becomes %s: refused at line %i', (before, after, line, message) => {
  const text = refusal(pod.replace(before, after));
  expect(text).toContain(message);
  expect(text).toContain(`stack.yaml:${line}: `);
});

test('a selector, a target port and a second pod that do not fit', () => {
  expect(refusal(pod + service.replace('{app: shop}', '{app: shp}'))).toContain(
    'stack.yaml:22: STACK_REFERENCE_MISSING: the selector of Service api fits no pod',
  );
  expect(refusal(pod + service.replace('targetPort: http', 'targetPort: htpp'))).toContain(
    'no container of shop has the port htpp of Service api. Did you mean http?',
  );
  expect(refusal(pod + service + service.replace('name: api', 'name: other'))).toContain(
    'both have the port 80',
  );
  expect(refusal(`${pod}---\n${pod.replace('name: shop', 'name: second')}`)).toContain(
    'stack.yaml:18: STACK_NOT_HONOURED',
  );
  expect(refusal(`${pod}---\n${pod}`)).toContain('there are two documents Pod shop');
  expect(refusal('')).toContain('a stack needs a Pod or a Deployment');
});

test('all that is wrong is reported at once', () => {
  const text = refusal(pod.replace('readinessProbe', 'redinessProbe').replace('8080', '0'));
  expect(text.match(/STACK_/g)).toHaveLength(2);
});

const ends = (text: string) => readStack(text, 'stack.yaml');

test('no text makes it throw, and every failure has its file and a line of it', () => {
  const lines = pod.split('\n');
  const edit = fc.record({
    line: fc.nat(lines.length - 1),
    text: fc.oneof(
      fc.string(),
      fc.constantFrom('', '- ', 'a: &a [*a]', 'spec: null', '---', '      ', 'kind: 1', '? {}'),
    ),
    keep: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
      const changed = [...lines];
      for (const { line, text, keep } of edits) changed[line] = keep ? changed[line] + text : text;
      const text = changed.join('\n');
      listImages(text);
      const read = ends(text);
      if (read.ok) return;
      for (const { at } of read.failures) {
        expect(at?.file).toBe('stack.yaml');
        expect(at!.line).toBeGreaterThanOrEqual(1);
        expect(at!.line).toBeLessThanOrEqual(text.split('\n').length);
      }
    }),
  );
});

test('a name of a field with one letter changed is never accepted', () => {
  const fields = [...ours.matchAll(/^[ -]*([a-zA-Z]{4,}):/gm)].filter(
    // Keys of maps that the user chooses.
    ({ 1: name }) => !['app', 'namespaces', 'backend', 'endpoint'].includes(name!),
  );
  fc.assert(
    fc.property(fc.constantFrom(...fields), fc.nat(), fc.constantFrom('x', 'Q', '_'), (match, at, letter) => {
      const name = match[1]!;
      const start = match.index + match[0].length - 1 - name.length;
      const position = start + (at % name.length);
      fc.pre(ours[position] !== letter);
      const text = ours.slice(0, position) + letter + ours.slice(position + 1);
      const line = text.slice(0, position).split('\n').length;
      // The text of a ConfigMap is not ours to check.
      if (/^\s+- name: (memory|sql)$/.test(ours.split('\n')[line - 1]!)) return;
      const read = ends(text);
      expect({ name, line, ok: read.ok }).toEqual({ name, line, ok: false });
    }),
  );
});

test('inference finds the images, also of a file with errors', () => {
  expect(listImages(ours)).toEqual([
    'localhost/prism/admin',
    'localhost/prism/base-postgres',
    'localhost/prism/plugin-memstore',
    'localhost/prism/plugin-postgres',
    'localhost/prism/proxy',
  ]);
  expect(listImages(pod.replace('readinessProbe', 'nonsense'))).toEqual(['localhost/shop/api']);
  expect(listImages('')).toEqual([]);
  expect(listImages('{')).toEqual([]);
});
