import { ok, type Result } from '@prism-build/errors';
import type { Stack } from '../read/stack';
import type { RenderedFiles } from './form';
import { startPeriod } from './health';
import { listConfigFiles } from './mounts';
import { type PlainContainer, planContainers } from './plainContainer';
import { volumeName } from './volumes';

/** The pod's restart policy in systemd's words. */
const restart = { Always: 'always', OnFailure: 'on-failure', Never: 'no' } as const;

/**
 * A stack as units of Quadlet, for Podman 5.0 and later with systemd: a pod, containers that are started when they are
 * healthy, volumes, and the image of each container as a drop-in, so that another digest is another drop-in. The directory is
 * copied whole below `containers/systemd`. Failure: STACK_FORM_LACKS.
 *
 * @param images by container: with a digest, or a loaded image with its digest in the tag
 */
export function renderQuadlet(stack: Stack, images: Readonly<Record<string, string>>): Result<RenderedFiles> {
  const planned = planContainers(stack, 'Quadlet');
  if (!planned.ok) return planned;
  const { name: pod } = stack;
  const units = planned.value.flatMap((container) => {
    const unit = `${pod}-${container.name}.container`;
    const image = images[container.name]!;
    const pull = image.includes('@') ? [] : ['Pull=never'];
    return [
      [unit, renderContainer(stack, container)],
      [`${unit}.d/10-image.conf`, section('Container', [`Image=${image}`, ...pull])],
    ] as const;
  });
  const volumes = stack.claims.map((claim) => {
    const lines = [`VolumeName=${volumeName(pod, 'claim', claim)}`];
    return [`${pod}-${claim}.volume`, section('Volume', lines)] as const;
  });
  const files = { [`${pod}.pod`]: renderPod(stack), ...Object.fromEntries([...units, ...volumes]) };
  return ok({ ...files, ...listConfigFiles(stack) });
}

function renderPod({ name, ports }: Stack): string {
  const published = ports.map(
    (one) => `PublishPort=127.0.0.1:${one.hostPort}:${one.containerPort}/${one.protocol.toLowerCase()}`,
  );
  return [
    section('Unit', [`Description=The stack ${name}`]),
    section('Pod', [`PodName=${name}`, ...published]),
    section('Install', ['WantedBy=default.target']),
  ].join('\n');
}

function renderContainer({ name: pod, labels, spec }: Stack, container: PlainContainer): string {
  const { name, command, args, workingDir, variables, secrets, user, health } = container;
  const [userId, group] = user?.split(':') ?? [];
  const grace = spec.terminationGracePeriodSeconds;
  const lines = [
    `Pod=${pod}.pod`,
    `ContainerName=${pod}-${name}`,
    ...Object.entries(labels).map(([key, value]) => `Label=${quote(`${key}=${value}`)}`),
    ...(command ? [`Entrypoint=${escapeSpecifiers(JSON.stringify(command))}`] : []),
    ...(args ? [`Exec=${args.map(quote).join(' ')}`] : []),
    ...(workingDir === undefined ? [] : [`WorkingDir=${escapeSpecifiers(workingDir)}`]),
    ...Object.entries(variables).map(([key, value]) => `Environment=${quote(`${key}=${value}`)}`),
    ...secrets.map((one) => `Secret=${one.secret}.${one.key},type=env,target=${one.variable}`),
    ...container.mounts.map(({ kind, name: source, path, readOnly }) => {
      if (kind === 'scratch') return `Tmpfs=${escapeSpecifiers(path)}${readOnly ? ':ro' : ''}`;
      const from = kind === 'config' ? `./config/${source}` : `${pod}-${source}.volume`;
      return `Volume=${from}:${escapeSpecifiers(path)}${readOnly ? ':ro' : ''}`;
    }),
    ...(userId === undefined ? [] : [`User=${userId}`]),
    ...(group === undefined ? [] : [`Group=${group}`]),
    // Podman would mount a tmpfs over /tmp and others, which Kubernetes does not.
    ...(container.readOnly ? ['ReadOnly=true', 'ReadOnlyTmpfs=false'] : []),
    ...(container.noNewPrivileges ? ['NoNewPrivileges=true'] : []),
    ...container.drop.map((one) => `DropCapability=${one.toLowerCase()}`),
    ...container.add.map((one) => `AddCapability=${one.toLowerCase()}`),
    ...listLimits(container).map((one) => `PodmanArgs=${one}`),
    ...(grace === undefined ? [] : [`StopTimeout=${grace}`]),
    ...(health
      ? [
          `HealthCmd=${escapeSpecifiers(JSON.stringify(health.argv))}`,
          `HealthInterval=${health.interval}s`,
          `HealthTimeout=${health.timeout}s`,
          `HealthRetries=${health.retries}`,
          `HealthStartPeriod=${startPeriod}s`,
          'Notify=healthy',
        ]
      : []),
  ];
  return [
    ...container.notes.map((note) => `# ${note}\n`),
    section('Unit', [`Description=${name} of the stack ${pod}`]),
    '\n',
    section('Container', lines),
    '\n',
    section('Service', [
      `Restart=${restart[spec.restartPolicy ?? 'Always']}`,
      `TimeoutStartSec=${startPeriod + 30}`,
    ]),
  ].join('');
}

function listLimits({ memory, reservedMemory, cpus, cpuShares }: PlainContainer): string[] {
  const limits = { memory, 'memory-reservation': reservedMemory, cpus, 'cpu-shares': cpuShares };
  return Object.entries(limits).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}=${value}`],
  );
}

function section(name: string, lines: readonly string[]): string {
  return `[${name}]\n${lines.map((line) => `${line}\n`).join('')}`;
}

/** systemd expands `%` and, in the command that Quadlet writes, `$`. */
function escapeSpecifiers(text: string): string {
  return text.replaceAll('%', '%%').replaceAll('$', '$$$$');
}

const named: Readonly<Record<string, string>> = { '\n': '\\n', '\t': '\\t', '\r': '\\r' };

/** One word of a list, as systemd reads it (systemd.syntax(7)). */
function quote(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: systemd takes them as \xNN only.
  const inner = escapeSpecifiers(text).replace(/["\\\u0000-\u001f\u007f]/g, (one) => {
    if (one === '"' || one === '\\') return `\\${one}`;
    return named[one] ?? `\\x${one.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
  return `"${inner}"`;
}
