import { ok, type Result } from '@prism-build/errors';
import type { Stack } from '../read/stack';
import type { RenderedFiles } from './form';
import { startPeriod } from './health';
import { listConfigFiles } from './mounts';
import { type PlainContainer, planContainers } from './plainContainer';
import { printYaml } from './printYaml';
import { volumeName } from './volumes';

const restart = { Always: 'always', OnFailure: 'on-failure', Never: 'no' } as const;

/**
 * A stack for Docker Compose 2: the containers share the network of the first one, as in a pod. A Secret's key is a variable of
 * the shell or of a file `.env`. Failure: STACK_FORM_LACKS.
 *
 * @param images by container: with a digest, or a loaded image with its digest in the tag
 */
export function renderCompose(stack: Stack, images: Readonly<Record<string, string>>): Result<RenderedFiles> {
  const planned = planContainers(stack, 'Compose');
  if (!planned.ok) return planned;
  const first = planned.value[0]!.name;
  const services = planned.value.map((one) => {
    const network = one.name === first ? publish(stack) : shareNetwork(first);
    return [one.name, { ...renderService(stack, one, images[one.name]!), ...network }] as const;
  });
  const volumes = stack.claims.map(
    (claim) => [claim, { name: volumeName(stack.name, 'claim', claim) }] as const,
  );
  const text = printYaml({
    name: stack.name,
    services: Object.fromEntries(services),
    ...(volumes.length > 0 && { volumes: Object.fromEntries(volumes) }),
  });
  const notes = [
    ...planned.value.flatMap((one) => one.notes),
    ...(stack.spec.securityContext?.fsGroup !== undefined && stack.claims.length > 0
      ? ["Docker knows no fsGroup: a new volume gets the owner of the image's directory."]
      : []),
  ];
  const comment = notes.map((note) => `# ${note}\n`).join('');
  return ok({ 'compose.yaml': comment + text, ...listConfigFiles(stack) });
}

function publish({ ports }: Stack) {
  if (ports.length === 0) return {};
  return {
    ports: ports.map((one) => `127.0.0.1:${one.hostPort}:${one.containerPort}/${one.protocol.toLowerCase()}`),
  };
}

function shareNetwork(first: string) {
  // A container that is made anew has another network.
  const depends = { [first]: { condition: 'service_started', restart: true } };
  return { network_mode: `service:${first}`, depends_on: depends };
}

function renderService({ labels, spec }: Stack, container: PlainContainer, image: string) {
  const { command, args, workingDir, variables, secrets, mounts, user, health } = container;
  const environment = {
    ...mapValues(variables, escapeDollars),
    ...Object.fromEntries(
      secrets.map((one) => [one.variable, `\${${nameVariable(`${one.secret}_${one.key}`)}:?}`]),
    ),
  };
  const scratch = mounts.filter(({ kind }) => kind === 'scratch');
  const kept = mounts.filter(({ kind }) => kind !== 'scratch');
  const grace = spec.terminationGracePeriodSeconds;
  return {
    image,
    ...(!image.includes('@') && { pull_policy: 'never' }),
    restart: restart[spec.restartPolicy ?? 'Always'],
    ...(Object.keys(labels).length > 0 && { labels: mapValues(labels, escapeDollars) }),
    ...(command && { entrypoint: command.map(escapeDollars) }),
    ...(args && { command: args.map(escapeDollars) }),
    ...(workingDir !== undefined && { working_dir: escapeDollars(workingDir) }),
    ...(Object.keys(environment).length > 0 && { environment }),
    ...(user !== undefined && { user }),
    ...(container.readOnly && { read_only: true }),
    ...(container.noNewPrivileges && { security_opt: ['no-new-privileges:true'] }),
    ...(container.drop.length > 0 && { cap_drop: container.drop }),
    ...(container.add.length > 0 && { cap_add: container.add }),
    ...(container.memory !== undefined && { mem_limit: container.memory }),
    ...(container.reservedMemory !== undefined && { mem_reservation: container.reservedMemory }),
    ...(container.cpus !== undefined && { cpus: container.cpus }),
    ...(container.cpuShares !== undefined && { cpu_shares: container.cpuShares }),
    ...(grace !== undefined && { stop_grace_period: `${grace}s` }),
    ...(kept.length > 0 && {
      volumes: kept.map(({ kind, name, path, readOnly }) => ({
        type: kind === 'config' ? 'bind' : 'volume',
        source: kind === 'config' ? `./config/${name}` : name,
        target: escapeDollars(path),
        ...(readOnly && { read_only: true }),
      })),
    }),
    ...(scratch.length > 0 && {
      tmpfs: scratch.map(({ path, readOnly }) => `${escapeDollars(path)}${readOnly ? ':ro' : ''}`),
    }),
    ...(health && {
      healthcheck: {
        test: ['CMD', ...health.argv.map(escapeDollars)],
        interval: `${health.interval}s`,
        timeout: `${health.timeout}s`,
        retries: health.retries,
        start_period: `${startPeriod}s`,
      },
    }),
  };
}

/** `prism-stack_database-password` is PRISM_STACK_DATABASE_PASSWORD. */
function nameVariable(text: string): string {
  return text.toUpperCase().replace(/[^A-Z0-9]/g, '_');
}

/** Compose expands `$`. */
function escapeDollars(text: string): string {
  return text.replaceAll('$', '$$$$');
}

function mapValues(values: Readonly<Record<string, string>>, change: (value: string) => string) {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]));
}
