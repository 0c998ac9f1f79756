import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failed, ok, type Result, shellFailure } from '@prism-build/errors';
import {
  edgeContainer,
  type History,
  ownerOf,
  type RecordedMove,
  readStack,
  replay,
} from '@prism-build/stack';
import { directoriesOf } from '@prism-build/workspace';
import { deploy } from '../../src/deployment/deploy';
import { type Journal, openJournal } from '../../src/deployment/journal';
import { forgetOld } from '../../src/deployment/keepImages';
import type { Operation } from '../../src/deployment/operation';
import { recover } from '../../src/deployment/recover';
import { rollBack } from '../../src/deployment/rollBack';
import { stopDeployed } from '../../src/deployment/stopDeployed';
import { planVersion } from '../../src/deployment/version';
import type { StackProject } from '../../src/stack/openStack';
import { type Behaviour, FakePodman, Killed } from './fakePodman';

const base = fs.mkdtempSync(join(tmpdir(), 'prism-deployments-'));

/** For a file of tests: commands print nothing meanwhile, and the files of all machines are deleted at the end. */
export function useMachines(): void {
  const { write } = process.stdout;
  beforeAll(() => {
    process.stdout.write = (() => true) as typeof write;
  });
  afterAll(() => {
    process.stdout.write = write;
    fs.rmSync(base, { recursive: true, force: true });
  });
}

/** What a stack has besides its container: data that one version at a time may write, or a reverse proxy. */
export type Form = 'plain' | 'claim' | 'edge';

const text = (word: string, rest: string) => `apiVersion: v1
kind: Pod
metadata: {name: shop, labels: {app: shop}}
spec:
  terminationGracePeriodSeconds: 0
  containers:
    - name: api
      image: localhost/p/api
      env: [{name: WORD, value: ${word}}]
      readinessProbe: {exec: {command: [/api, health]}}
${rest}`;
const rests: Readonly<Record<Form, string>> = {
  plain: '',
  claim: `      volumeMounts: [{name: data, mountPath: /data}]
  volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}
`,
  edge: `      ports: [{name: http, containerPort: 8080}]
---
apiVersion: v1
kind: Service
metadata: {name: shop}
spec: {selector: {app: shop}, ports: [{name: http, port: 8080}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, annotations: {prism-build.edge/image: localhost/p/edge, prism-build.edge/http-port: "48080"}}
spec:
  rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: shop, port: {name: http}}}}]}}]
`,
};

const edgeImage = {
  ...{
    container: edgeContainer,
    reference: 'localhost/p/edge',
    project: 'edge',
    digest: `sha256:${'e'.repeat(64)}`,
  },
  ...{ name: 'localhost/p/edge:sha-ee', config: 'ee', user: '65532', at: { file: 'stack.yaml' } },
};

let count = 0;
/** A machine with a workspace and Podman. Its log is in memory, unless it is to be on the disk. */
export function makeMachine(form: Form = 'plain', onDisk = false) {
  return openMachine({ form, onDisk, podman: new FakePodman(), recorded: [] });
}

interface Parts {
  readonly form: Form;
  readonly onDisk: boolean;
  readonly podman: FakePodman;
  readonly recorded: RecordedMove[];
}

function openMachine({ form, onDisk, podman, recorded }: Parts, prism?: string) {
  if (form === 'edge') podman.addImage(edgeImage.name, 'ee', 'good');
  const root = join(base, String(count++));
  const directories = directoriesOf(root, {});
  const project: StackProject = {
    ...{ project: 'shop', owner: ownerOf('shop', base), file: 'stack.yaml', directories },
    ...{ call: podman.call, lock: join(root, 'lock') },
  };
  if (prism !== undefined) fs.cpSync(prism, directories.prism, { recursive: true });
  /** The records so far, which one kills instead, and which one finds no space. */
  const moves = {
    count: 0,
    killAt: undefined as number | undefined,
    fullAt: undefined as number | undefined,
  };
  const journal: Journal = {
    history: () => replay(recorded),
    add: async (added) => {
      const at = moves.count++;
      if (at === moves.killAt) throw new Killed();
      if (at === moves.fullAt) return failed(shellFailure('DISK_FULL', { what: 'no space left' }));
      recorded.push(...added.map((one) => ({ ...one, actor: 'ann', time: '' })));
      return ok(undefined);
    },
  };
  const open = async (): Promise<Journal> => {
    if (!onDisk) return journal;
    const opened = await openJournal(project);
    if (!opened.ok) throw new Error(JSON.stringify(opened.failures));
    return opened.value;
  };
  const operation = async (): Promise<Operation> => ({
    ...{ project, journal: await open(), limit: 150, observe: 10, stopped: new AbortController().signal },
  });
  const version = async (id: string) => {
    const source = text(id, rests[form]);
    const stack = readStack(source, 'stack.yaml');
    if (!stack.ok) throw new Error(JSON.stringify(stack.failures));
    const digest = `sha256:${id.padEnd(64, '0')}`;
    const image = { container: 'api', reference: 'localhost/p/api', project: 'api', digest };
    const resolved = [
      { ...image, name: `localhost/p/api:sha-${id}`, config: id, user: '', at: { file: 'stack.yaml' } },
      ...(form === 'edge' ? [edgeImage] : []),
    ];
    const planned = await planVersion(project, { text: source, stack: stack.value }, resolved);
    if (!planned.ok) throw new Error(JSON.stringify(planned.failures));
    return planned.value;
  };
  const commands = {
    deploy: async (id: string, gate: Result<void> = ok(undefined), beside = true, stopped?: AbortSignal) => {
      const now = { ...(await operation()), ...(stopped && { stopped }) };
      const recovered = await recover(now);
      if (!recovered.ok) return recovered;
      const done = await deploy(now, { version: await version(id), gate: async () => gate, beside });
      if (!done.ok) return done;
      const forgotten = await forgetOld(project, now.journal, 2);
      return forgotten.ok ? done : forgotten;
    },
    rollback: async (to?: number) => {
      const now = await operation();
      const recovered = await recover(now);
      return recovered.ok ? rollBack(now, to) : recovered;
    },
    down: async (volumes: 'keep' | 'remove' = 'keep') => stopDeployed(project, await open(), 0, volumes),
  };
  const history = async (): Promise<History> => (await open()).history();
  return {
    ...{ podman, project, moves, history, ...commands },
    /** Another machine in the same state. */
    copy: () =>
      openMachine({ form, onDisk, podman: podman.copy(), recorded: [...recorded] }, directories.prism),
    build: (id: string, behaviour: Behaviour = 'good') =>
      podman.addImage(`localhost/p/api:sha-${id}`, id, behaviour),
    kept: () => [...podman.images.keys()].filter((name) => name.includes(':deployed-')),
    states: async () => (await history()).map(({ number, state }) => `${number} ${state}`),
  };
}
export type Machine = Omit<ReturnType<typeof openMachine>, 'copy'> & { readonly copy: () => Machine };

/** What a command ended with. */
export const codes = (done: Result<unknown>) =>
  done.ok ? 'ok' : done.failures.map(({ code }) => code).join(' ');

/** A machine on which `bb` serves, and `aa` did before. */
export async function withTwo(form: Form = 'plain'): Promise<Machine> {
  const machine = makeMachine(form);
  for (const id of ['aa', 'bb']) machine.build(id);
  for (const id of ['aa', 'bb']) expect(codes(await machine.deploy(id))).toBe('ok');
  return machine;
}
