import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readStack, renderQuadlet } from '@prism-build/stack';
import { directoriesOf } from '@prism-build/workspace';
import { forms, installForms, kubernetesWheels } from '../../../../test/support/forms';
import { command, describeWith, go } from '../../../../test/support/needs';
import { repository } from '../../../../test/support/plugin';
import { validateForm } from '../../src/executors/render/validateForm';

const text = `apiVersion: v1
kind: Pod
metadata: {name: shop, labels: {app: shop}}
spec:
  securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
  containers:
    - name: api
      image: localhost/p/api
      ports: [{name: http, containerPort: 80}]
      startupProbe: {exec: {command: [/api, health]}}
      securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, annotations: {prism-build.edge/image: localhost/p/edge}}
spec: {rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: shop, port: {number: 80}}}}]}}]}
---
apiVersion: v1
kind: Service
metadata: {name: shop}
spec: {selector: {app: shop}, ports: [{port: 80}]}
`;

function read(source: string) {
  const stack = readStack(source, 'stack.yaml');
  if (!stack.ok) throw new Error(JSON.stringify(stack.failures));
  return { text: source, stack: stack.value };
}

describeWith([go, command('python3.11')], 'render --validate', () => {
  const path = process.env.PATH;
  const directories = directoriesOf(repository, process.env);
  let programs: string;
  beforeAll(() => {
    installForms();
    programs = mkdtempSync(join(tmpdir(), 'prism-validators-'));
    const wrapper = `#!/bin/sh\nPYTHONPATH='${kubernetesWheels()}' exec /usr/bin/python3.11 -m kubernetes_validate "$@"\n`;
    writeFileSync(join(programs, 'kubernetes-validate'), wrapper);
    chmodSync(join(programs, 'kubernetes-validate'), 0o755);
    for (const name of ['quadlet', 'docker-compose']) symlinkSync(join(forms, name), join(programs, name));
    process.env.PATH = `${programs}:${path}`;
  }, 120_000);
  afterAll(() => {
    process.env.PATH = path;
    rmSync(programs, { recursive: true, force: true });
  });

  test('a good stack is checked by all', async () => {
    const done = await validateForm('kubernetes', text, read(text), directories);
    expect(done).toMatchObject({ ok: true, value: expect.not.stringContaining('NOT') });
    expect(done).toMatchObject({
      value: expect.stringMatching(/schemas of Kubernetes[\s\S]*restricted profile/),
    });
  }, 600_000);

  test('each finding has its line in stack.yaml', async () => {
    const rendered = text.replace('containerPort: 80', 'containerPort: many');
    const done = await validateForm('kubernetes', rendered, read(text), directories);
    expect(done).toMatchObject({
      ok: false,
      failures: expect.arrayContaining([
        expect.objectContaining({ code: 'STACK_FORM_INVALID', at: { file: 'stack.yaml', line: 9 } }),
      ]),
    });
    const open = text.replace('allowPrivilegeEscalation: false, ', '');
    const refused = await validateForm('kubernetes', open, read(open), directories);
    expect(refused).toMatchObject({
      ok: false,
      failures: [{ what: expect.stringContaining('allowPrivilegeEscalation'), at: { line: 7 } }],
    });
  });

  test('units of Quadlet; and without their program, nothing passes as checked', async () => {
    const { stack } = read(text.slice(0, text.indexOf('---')));
    const form = renderQuadlet(stack, { api: 'localhost/p/api:sha-1' });
    if (!form.ok) throw new Error(JSON.stringify(form.failures));
    const check = (files: Record<string, string>) =>
      validateForm('quadlet', files, { text, stack }, directories);
    expect((await check({ ...form.value })).ok).toBe(true);
    const broken = { ...form.value, 'b.container': '[Container]\nImage=a\nReadOnyl=true\n' };
    expect(await check(broken)).toMatchObject({
      ok: false,
      failures: [{ code: 'STACK_FORM_INVALID', what: expect.stringContaining('ReadOnyl') }],
    });
    process.env.PATH = '/nowhere';
    const none = await check({ ...form.value });
    process.env.PATH = `${programs}:${path}`;
    expect(none).toMatchObject({
      ok: false,
      failures: [{ code: 'STACK_VALIDATOR_MISSING', why: expect.stringContaining('apt-get install podman') }],
    });
  });
});
