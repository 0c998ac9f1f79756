import type { Stack, StackPort } from '../read/stack';
import type { RenderedFiles } from './form';
import { printYaml } from './printYaml';
import { volumeName } from './volumes';

/** The image of a container in a cluster, and in Podman. Absent where the file names it by digest. */
interface KustomizeImage {
  /** As the file names it, without `:latest`. */
  readonly reference: string;
  /** `ghcr.io/org/proxy`. */
  readonly repository: string;
  /** Of its index. */
  readonly digest: string;
  /** The tag of the loaded image, which contains the beginning of the digest. */
  readonly tag: string;
}

/**
 * A stack as a base and overlays of kustomize. No single YAML serves all: Podman 4.3 publishes a port by `hostPort`, which Pod
 * Security refuses, and later ones by an option of the command. The base is the file as it is.
 */
export function renderKustomize(
  stack: Stack,
  text: string,
  images: readonly KustomizeImage[],
): RenderedFiles {
  const unique = [...new Map(images.map((one) => [one.reference, one])).values()];
  const inPodman = unique.map(({ reference, tag }) => ({ name: reference, newTag: tag }));
  const inCluster = unique.map(({ reference, repository, digest }) => ({
    name: reference,
    newName: repository,
    digest,
  }));
  const base = ['../../base'];
  const published = stack.ports.map(
    (one) => `--publish=127.0.0.1:${one.hostPort}:${one.containerPort}/${one.protocol.toLowerCase()}`,
  );
  const play = (overlay: string, options: readonly string[]) =>
    ['podman kube play', ...options, '-'].join(' ').replace(/^/, `kubectl kustomize overlays/${overlay} | `);
  const silent = 'Podman asks no probes and checks no runAsNonRoot; npx nx up does.';
  return {
    'base/kustomization.yaml': kustomization(['The stack as its file says it.'], {
      resources: ['stack.yaml'],
    }),
    'base/stack.yaml': text,
    'overlays/kubernetes/kustomization.yaml': kustomization(['kubectl apply -k overlays/kubernetes'], {
      resources: base,
      images: inCluster,
    }),
    'overlays/podman/kustomization.yaml': kustomization(
      [`Podman 4.4 and later: ${play('podman', published)}`, silent],
      { resources: base, images: inPodman, patches: patchFor(stack, false) },
    ),
    'overlays/podman-4.3/kustomization.yaml': kustomization(
      [`Podman 4.3: ${play('podman-4.3', [])}`, silent],
      { resources: base, images: inPodman, patches: patchFor(stack, true) },
    ),
  };
}

function kustomization(comments: readonly string[], fields: Readonly<Record<string, unknown>>): string {
  const head = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' };
  const lines = comments.map((comment) => `# ${comment}\n`).join('');
  return lines + printYaml({ ...head, ...fields });
}

/** What Podman needs and a cluster does not, and the reverse. JSON patches: they change exactly the named fields. */
function patchFor(stack: Stack, hostPorts: boolean) {
  const { name, kind, spec, claims, ports, edge } = stack;
  const below = kind === 'Pod' ? '/spec' : '/spec/template/spec';
  const edits = spec.containers.flatMap((container, index) => {
    const at = `${below}/containers/${index}`;
    const own = ports.filter((port) => spec.containers.findIndex((one) => declares(one, port)) === index);
    const { runAsUser, runAsGroup } = { ...spec.securityContext, ...container.securityContext };
    const { securityContext } = container;
    return [
      { op: 'add', path: `${at}/imagePullPolicy`, value: 'Never' },
      ...(hostPorts && own.length > 0
        ? [{ op: 'add', path: `${at}/ports`, value: own.map(toHostPort) }]
        : []),
      // Podman 4.3 takes users from the container only.
      ...(runAsUser === undefined && runAsGroup === undefined
        ? []
        : [
            {
              op: 'add',
              path: `${at}/securityContext`,
              value: { ...securityContext, runAsUser, runAsGroup },
            },
          ]),
      ...(container.volumeMounts ?? []).flatMap((mount, nth) =>
        spec.volumes?.some((one) => one.name === mount.name && one.configMap)
          ? [{ op: 'add', path: `${at}/volumeMounts/${nth}/readOnly`, value: true }]
          : [],
      ),
    ];
  });
  // The volumes that `up` makes, so that both find the same files.
  const volumes = (spec.volumes ?? []).flatMap(({ persistentVolumeClaim: claim }, index) => {
    if (!claim) return [];
    const path = `${below}/volumes/${index}/persistentVolumeClaim/claimName`;
    return [{ op: 'replace', path, value: volumeName(name, 'claim', claim.claimName) }];
  });
  const services = [...new Set(ports.map(({ service }) => service))];
  return [
    { target: { kind, name }, patch: printYaml([...edits, ...volumes]) },
    // Podman makes the volumes itself, and refuses a claim whose volume exists. It knows no Services.
    ...claims.map((claim) => remove('PersistentVolumeClaim', claim)),
    ...services.map((service) => remove('Service', service)),
    ...(edge ? [remove('Ingress', edge.name, 'networking.k8s.io/v1')] : []),
  ];
}

function declares({ ports = [] }: Stack['spec']['containers'][number], port: StackPort): boolean {
  return ports.some(
    (one) => one.containerPort === port.containerPort && (one.protocol ?? 'TCP') === port.protocol,
  );
}

function toHostPort({ containerPort, hostPort, protocol }: StackPort) {
  return { containerPort, hostPort, hostIP: '127.0.0.1', protocol };
}

function remove(kind: string, name: string, apiVersion = 'v1') {
  return { patch: printYaml({ $patch: 'delete', apiVersion, kind, metadata: { name } }) };
}
