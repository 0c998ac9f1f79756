import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { failed, ok, shellFailure } from '@prism-build/errors';
import type { Command, Run } from '@prism-build/shell';
import { stackLabel } from '@prism-build/stack';
import { parseAllDocuments } from 'yaml';

/** How a container of an image behaves; its probe is an exec. */
export type Behaviour = 'good' | 'silent' | 'crashing' | 'unstartable';

/** Thrown in place of a call: the process was killed. */
export class Killed extends Error {}

interface Container {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  /** Whether its probe has answered, after which a crashing one starts again before each look. */
  answered: boolean;
  restarts: number;
  /** Whether its probe fails, whatever its image does. */
  stuck?: boolean;
  stopped?: boolean;
}

interface FakePod {
  readonly labels: Record<string, string>;
  readonly containers: Container[];
  /** Host ports by port of the pod. */
  readonly ports: Record<string, number>;
}

/** HAProxy: its servers, by `<backend>/<slot>`. */
interface FakeEdge {
  readonly labels: Record<string, string>;
  readonly servers: Map<string, { port: number; state: string }>;
}

/** What a command prints, why it fails, or what it changes; a change that is killed halfway may return why, too. */
type Found =
  | { readonly text: string }
  | { readonly why: string }
  | { readonly change: (half: boolean) => string | undefined; readonly answer?: () => string };

type Moment = 'before' | 'halfway' | 'after';

/** Podman as far as stacks need it, in memory. It can kill its caller at any of its calls that change something. */
export class FakePodman {
  readonly pods = new Map<string, FakePod>();
  /** IDs of images by name. */
  readonly images = new Map<string, string>();
  readonly behaviours = new Map<string, Behaviour>();
  readonly volumes = new Map<string, string>();
  readonly edges = new Map<string, FakeEdge>();
  /** Names of containers that a killed command left in the storage, and nowhere else. */
  readonly storage = new Map<string, true>();
  /** Called after each change. */
  watch: () => void = () => undefined;
  /** The changes so far, and where to kill. */
  changes = 0;
  killAt: { readonly change: number; readonly moment: Moment } | undefined;
  #serial = 0;

  copy(): FakePodman {
    const made = new FakePodman();
    made.#serial = this.#serial;
    for (const key of ['pods', 'images', 'behaviours', 'volumes', 'edges', 'storage'] as const)
      for (const [name, value] of this[key])
        (made[key] as Map<string, unknown>).set(name, structuredClone(value));
    return made;
  }

  addImage(name: string, id: string, behaviour: Behaviour): void {
    this.images.set(name, id);
    this.behaviours.set(id, behaviour);
  }

  /** The IDs of the images that run. */
  running(): string[] {
    return [...this.pods.values()]
      .flatMap(({ containers }) => containers.flatMap(({ image, stopped }) => (stopped ? [] : [image])))
      .sort();
  }

  /** The IDs of the images to which the reverse proxy sends requests; `nothing` for a port on which nothing listens. */
  served(): string[] {
    const ports = [...this.edges.values()].flatMap(({ servers }) =>
      [...servers.values()].flatMap(({ port, state }) => (state === 'no check' ? [port] : [])),
    );
    return ports.map((port) => {
      const pod = [...this.pods.values()].find((one) => Object.values(one.ports).includes(port));
      const [container] = pod?.containers ?? [];
      return container && !container.stopped ? container.image : 'nothing';
    });
  }

  readonly call: Run = async (command: Command) => {
    const [, ...args] = command.argv;
    const found = this.#find(args, command);
    if (found === undefined) throw new Error(`the fake has no: podman ${args.join(' ')}`);
    if ('text' in found) return ok({ stdout: found.text, stderr: '' });
    if ('why' in found) return refuse(found.why);
    const at = this.changes++;
    const moment = this.killAt?.change === at ? this.killAt.moment : undefined;
    if (moment === 'before') throw new Killed();
    const why = found.change(moment === 'halfway');
    this.watch();
    if (moment) throw new Killed();
    return why === undefined ? ok({ stdout: found.answer?.() ?? '', stderr: '' }) : refuse(why);
  };

  #find(args: readonly string[], { input }: Command): Found | undefined {
    const last = args.at(-1)!;
    const label = args.find((one) => one.startsWith('--filter=label='))?.replace('--filter=label=', '');
    const verb = args.slice(0, 2).join(' ');
    switch (verb) {
      case 'pod ls': {
        const [key = '', value] = label!.split('=');
        return {
          text: JSON.stringify(
            [...this.pods].flatMap(([Name, pod]) => (pod.labels[key] === value ? [{ Name }] : [])),
          ),
        };
      }
      case 'pod inspect':
        return this.#inspectPod(last);
      case 'container inspect':
        if (last.endsWith('.edge')) return this.#inspectEdge(last);
        if (args.slice(2).some((id) => !this.#container(id))) return { why: 'no such container' };
        return { text: JSON.stringify(args.slice(2).map((id) => this.#inspectContainer(id))) };
      case 'pod stop':
        return {
          change: () => {
            for (const one of this.pods.get(last)?.containers ?? []) one.stopped = true;
            return undefined;
          },
        };
      case 'pod rm':
        return { change: () => void this.pods.delete(last) };
      case 'kube play':
        return { change: (half: boolean) => this.#play(String(input), half) };
      case 'image inspect': {
        const id = this.images.get(last);
        return id === undefined ? { why: `${last}: image not known` } : { text: `${id} 65532` };
      }
      case 'volume ls':
        return {
          text: JSON.stringify([...this.volumes].flatMap(([Name, of]) => (of === label ? [{ Name }] : []))),
        };
      case 'volume create':
        if (this.volumes.has(last)) return { why: `volume with name ${last} already exists` };
        return { change: () => void this.volumes.set(last, args[2]!.replace('--label=', '')) };
      case 'volume rm':
        return { change: () => void args.slice(2).forEach((name) => void this.volumes.delete(name)) };
    }
    switch (args[0]) {
      case 'run':
        return { change: (half: boolean) => this.#startEdge(args, half) };
      case 'rm':
        return {
          change: () => {
            this.edges.delete(last);
            this.storage.delete(last);
            return undefined;
          },
        };
      case 'ps':
        return {
          text: JSON.stringify(
            [...this.edges].flatMap(([name, { labels }]) =>
              label === `${stackLabel}=${labels[stackLabel]}` ? [{ Names: [name] }] : [],
            ),
          ),
        };
      case 'exec': {
        if (args[1] === '--interactive') return this.#command(args[2]!, String(input));
        const container = this.#container(args[1]!);
        const silent =
          container?.stuck || container?.stopped || this.behaviours.get(container?.image ?? '') === 'silent';
        if (silent) return { why: 'status 1' };
        if (container) container.answered = true;
        return { text: '' };
      }
      case 'tag':
        return { change: () => void this.images.set(last, args[1]!) };
      case 'rmi':
        return { change: () => void this.images.delete(last) };
      case 'images':
        return { text: JSON.stringify([...this.images.keys()].map((name) => ({ Names: [name] }))) };
      case 'logs':
        return { text: 'last words' };
    }
    return undefined;
  }

  #inspectPod(name: string) {
    const pod = this.pods.get(name);
    if (!pod) return { why: `no such pod ${name}` };
    const infra = { Id: `infra-${name}` };
    const { labels: Labels, containers } = pod;
    return {
      text: JSON.stringify({
        Labels,
        InfraContainerID: infra.Id,
        InfraConfig: {
          PortBindings: Object.fromEntries(
            Object.entries(pod.ports).map(([port, bound]) => [port, [{ HostPort: String(bound) }]]),
          ),
        },
        Containers: [infra, ...containers.map(({ id: Id }) => ({ Id }))],
      }),
    };
  }

  #container(id: string): Container | undefined {
    return [...this.pods.values()]
      .flatMap(({ containers }) => containers)
      .find((one) => one.id === id || one.name === id);
  }

  #inspectContainer(id: string) {
    const one = this.#container(id)!;
    if (one.answered && this.behaviours.get(one.image) === 'crashing') one.restarts += 1;
    return {
      ...{ Id: id, Name: one.name, ImageName: one.image, RestartCount: one.restarts },
      State: {
        ...{ Status: one.stopped ? 'exited' : 'running', ExitCode: 0 },
        StartedAt: new Date(0).toISOString(),
      },
    };
  }

  #inspectEdge(name: string) {
    const edge = this.edges.get(name);
    if (!edge) return { why: `no such container ${name}` };
    return {
      text: JSON.stringify([
        { Config: { Labels: edge.labels }, State: { Status: 'running' }, RestartCount: 0 },
      ]),
    };
  }

  #startEdge(args: readonly string[], half: boolean): string | undefined {
    const option = (name: string) =>
      args.flatMap((one) => (one.startsWith(`--${name}=`) ? [one.slice(name.length + 3)] : []));
    if (!this.images.has(args.at(-1)!)) return `${args.at(-1)}: image not known`;
    const labels = Object.fromEntries(option('label').map((one) => one.split('=')));
    const servers: FakeEdge['servers'] = new Map();
    this.edges.set(option('name')[0]!, { labels, servers });
    if (half) return undefined;
    const text = readFileSync(join(option('volume')[0]!.split(':')[0]!, 'haproxy.cfg'), 'utf8');
    for (const [, slot, port, off] of text.matchAll(/ server (\w+) 127\.0\.0\.1:(\d+)( disabled)?/g))
      servers.set(`service-0/${slot}`, { port: Number(port), state: off ? 'MAINT' : 'no check' });
    return undefined;
  }

  /** HAProxy's commands of one line. */
  #command(name: string, line: string) {
    const edge = this.edges.get(name);
    if (!edge) return { why: `no such container ${name}` };
    const answer = () => {
      const rows = [...edge.servers].map(
        ([server, { port, state }]) => `${server.replace('/', ',')},0,${state},127.0.0.1:${port}`,
      );
      return ['# pxname,svname,scur,status,addr', ...rows].join('\n');
    };
    if (line.startsWith('show stat')) return { text: answer() };
    const change = (half: boolean) => {
      for (const one of half ? line.split(';').slice(0, 1) : line.split(';')) {
        const [, server, what, value, , port] = /set server (\S+) (\S+) (\S+)( port (\d+))?/.exec(one) ?? [];
        const found = edge.servers.get(server!);
        if (!found) continue;
        if (what === 'addr') found.port = Number(port);
        else found.state = value === 'ready' ? 'no check' : value!.toUpperCase();
      }
      return undefined;
    };
    return { change, answer };
  }

  #play(text: string, half: boolean): string | undefined {
    const pod = parseAllDocuments(text)
      .map((one) => one.toJS())
      .find(({ kind }) => kind === 'Pod');
    const { name, labels } = pod.metadata;
    if (this.pods.has(name)) return `pod ${name} exists`;
    const containers: Container[] = [];
    const published: { containerPort: number; hostPort: number }[] = pod.spec.containers[0].ports ?? [];
    const ports = published.map((one) => [`${one.containerPort}/tcp`, one.hostPort]);
    this.pods.set(name, { labels, containers, ports: Object.fromEntries(ports) });
    if (half) {
      this.storage.set(`${name}-${pod.spec.containers[0].name}`, true);
      return undefined;
    }
    for (const one of pod.spec.containers) {
      if (this.storage.has(`${name}-${one.name}`))
        return `the container name "${name}-${one.name}" is already in use by c0`;
      const image = this.images.get(one.image);
      if (image === undefined) return `${one.image}: image not known`;
      if (this.behaviours.get(image) === 'unstartable') return 'exec format error';
      this.#serial += 1;
      containers.push({
        id: `c${this.#serial}`,
        name: `${name}-${one.name}`,
        image,
        answered: false,
        restarts: 0,
      });
    }
    return undefined;
  }
}

function refuse(why: string) {
  return failed(shellFailure('COMMAND_FAILED', { what: 'status 125', why }));
}
