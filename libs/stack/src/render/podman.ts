import { createHash } from 'node:crypto';
import type { Container, PodSpec } from '../read/schema';
import type { Stack } from '../read/stack';
import { printYaml } from './printYaml';
import { type Resource, withinLimits } from './resources';
import { volumeName } from './volumes';

/** The label of a stack's pod, with its owner. */
export const stackLabel = 'prism-build.stack';

/** The label with the digest of what was rendered: whether a running pod is that of the file. */
export const renderedLabel = 'prism-build.rendered';

/** Who owns a pod: a project in one clone of a workspace. Another clone must not stop it. */
export function ownerOf(project: string, root: string): string {
  return `${project}.${createHash('sha256').update(root).digest('hex').slice(0, 8)}`;
}

/** What a stack depends on besides its file. */
export interface PodmanFacts {
  /** From `ownerOf`. */
  readonly owner: string;
  /** Names of loaded images, with the digest in the tag, by container. */
  readonly images: Readonly<Record<string, string>>;
  /** Host ports for ports that only probes ask, by port in the pod. */
  readonly probePorts: Readonly<Record<number, number>>;
  /** What Podman can limit on this machine; everything if left out. */
  readonly limits?: readonly Resource[] | undefined;
  /** Files of this machine to mount, by container; the dev loop's. */
  readonly mounts?: Readonly<Record<string, readonly HostMount[]>> | undefined;
}

/** A file or directory of this machine, and where it appears in a container. */
interface HostMount {
  readonly source: string;
  readonly target: string;
}

/** A stack for `podman kube play`. */
export interface PodmanStack {
  readonly text: string;
  /** Of everything but the host ports of probes, in 16 digits. */
  readonly rendered: string;
}

/**
 * Renders a stack for `podman kube play` of Podman 4.3 and later: one Pod and its ConfigMaps. Claims are left out, because
 * Podman refuses one whose volume exists; the pod names the volumes. Probes are left out, because Podman asks them by
 * programs inside the container.
 */
export function renderPodman(
  whole: Stack,
  { owner, images, probePorts, limits, mounts = {} }: PodmanFacts,
): PodmanStack {
  const stack = limits ? withinLimits(whole, limits) : whole;
  const documents = (ports: PodmanFacts['probePorts'], labels: Record<string, string>) => [
    ...stack.configMaps.map(({ apiVersion, kind, metadata, data }) => ({
      apiVersion,
      kind,
      metadata: { name: volumeName(stack.name, 'config', metadata.name) },
      data,
    })),
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: stack.name, labels: { ...stack.labels, [stackLabel]: owner, ...labels } },
      spec: renderSpec(stack, images, ports, mounts),
    },
  ];
  const print = (values: readonly unknown[]) => values.map((one) => printYaml(one)).join('---\n');
  const rendered = createHash('sha256')
    .update(print(documents({}, {})))
    .digest('hex')
    .slice(0, 16);
  return { text: print(documents(probePorts, { [renderedLabel]: rendered })), rendered };
}

function renderSpec(
  stack: Stack,
  images: PodmanFacts['images'],
  probePorts: PodmanFacts['probePorts'],
  mounts: NonNullable<PodmanFacts['mounts']>,
): Record<string, unknown> {
  const { spec } = stack;
  const published = [
    ...stack.ports.map(({ containerPort, hostPort, protocol }) => ({ containerPort, hostPort, protocol })),
    ...Object.entries(probePorts).map(([port, hostPort]) => ({
      containerPort: Number(port),
      hostPort,
      protocol: 'TCP',
    })),
  ].map((one) => ({ ...one, hostIP: '127.0.0.1' }));
  return {
    restartPolicy: spec.restartPolicy ?? 'Always',
    containers: spec.containers.map((one, index) => ({
      ...renderContainer(one, stack, images[one.name] ?? one.image, mounts[one.name] ?? []),
      // The containers of a pod share its ports.
      ...(index === 0 && published.length > 0 && { ports: published }),
    })),
    ...((spec.volumes || Object.keys(mounts).length > 0) && {
      volumes: [
        ...(spec.volumes ?? []).map((one) => renderVolume(one, stack.name)),
        ...Object.entries(mounts).flatMap(([container, own]) =>
          own.map(({ source }, at) => ({ name: hostVolume(container, at), hostPath: { path: source } })),
        ),
      ],
    }),
  };
}

const hostVolume = (container: string, at: number): string => `host-${container}-${at}`;

function renderContainer(
  container: Container,
  stack: Stack,
  image: string,
  mounts: readonly HostMount[],
): Record<string, unknown> {
  const { name, command, args, workingDir, env, envFrom, resources, volumeMounts } = container;
  const configName = (of: string) => volumeName(stack.name, 'config', of);
  const isConfig = (volume: string) =>
    stack.spec.volumes?.some((one) => one.name === volume && one.configMap !== undefined);
  return {
    name,
    image,
    imagePullPolicy: 'Never',
    ...(command && { command }),
    ...(args && { args }),
    ...(workingDir && { workingDir }),
    ...(env && {
      env: env.map((one) => {
        const key = one.valueFrom?.configMapKeyRef;
        if (!key) return one;
        return { name: one.name, valueFrom: { configMapKeyRef: { ...key, name: configName(key.name) } } };
      }),
    }),
    ...(envFrom && {
      envFrom: envFrom.map((one) =>
        one.configMapRef ? { configMapRef: { name: configName(one.configMapRef.name) } } : one,
      ),
    }),
    ...(resources && { resources }),
    ...((volumeMounts || mounts.length > 0) && {
      volumeMounts: [
        // As in Kubernetes, a ConfigMap is mounted read-only.
        ...(volumeMounts ?? []).map((one) => (isConfig(one.name) ? { ...one, readOnly: true } : one)),
        ...mounts.map(({ target }, at) => ({ name: hostVolume(name, at), mountPath: target })),
      ],
    }),
    securityContext: renderSecurity(container, stack.spec),
  };
}

/** Podman 4.3 takes users from the container only. It ignores runAsNonRoot, which `up` checks, and seccompProfile, its default. */
function renderSecurity({ securityContext: own }: Container, spec: PodSpec): Record<string, unknown> {
  const { runAsUser, runAsGroup } = { ...spec.securityContext, ...own };
  const { readOnlyRootFilesystem, allowPrivilegeEscalation, capabilities } = own ?? {};
  const all = { runAsUser, runAsGroup, readOnlyRootFilesystem, allowPrivilegeEscalation, capabilities };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function renderVolume(
  { name, configMap, persistentVolumeClaim: claim }: NonNullable<PodSpec['volumes']>[number],
  stack: string,
): Record<string, unknown> {
  if (configMap) return { name, configMap: { name: volumeName(stack, 'config', configMap.name) } };
  const claimName = claim ? volumeName(stack, 'claim', claim.claimName) : volumeName(stack, 'scratch', name);
  return { name, persistentVolumeClaim: { claimName } };
}
