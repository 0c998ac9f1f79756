import type { Container } from '../read/schema';
import type { Stack } from '../read/stack';
import type { Refuse, RenderedFiles } from './form';

/** A mount of a container. */
export interface Mount {
  /** `config`: a directory of files, read-only; `claim`: a volume that outlives the pod; `scratch`: empty with every start. */
  readonly kind: 'config' | 'claim' | 'scratch';
  /** The name of the ConfigMap, the claim or the volume. */
  readonly name: string;
  readonly path: string;
  readonly readOnly: boolean;
}

export function planMounts({ spec }: Stack, { volumeMounts = [] }: Container, refuse: Refuse): Mount[] {
  return volumeMounts.map(({ name, mountPath: path, readOnly = false }, nth): Mount => {
    const volume = spec.volumes?.find((one) => one.name === name);
    if (volume?.configMap) return { kind: 'config', name: volume.configMap.name, path, readOnly: true };
    const claim = volume?.persistentVolumeClaim?.claimName;
    if (claim !== undefined) return { kind: 'claim', name: claim, path, readOnly };
    const users = spec.containers.filter((one) => one.volumeMounts?.some((mount) => mount.name === name));
    if (users.length > 1) {
      const why = 'a directory that begins empty with every start belongs to one container';
      const field = `an emptyDir that ${users.map((one) => one.name).join(' and ')} mount`;
      refuse(['volumeMounts', nth], field, why, 'Use a PersistentVolumeClaim, or a mount of one container.');
    }
    return { kind: 'scratch', name, path, readOnly };
  });
}

/** The files of the mounted ConfigMaps: `config/<name>/<key>`. */
export function listConfigFiles({ spec, configMaps }: Stack): RenderedFiles {
  const mounted = new Set((spec.volumes ?? []).map(({ configMap }) => configMap?.name));
  return Object.fromEntries(
    configMaps
      .filter(({ metadata }) => mounted.has(metadata.name))
      .flatMap(({ metadata, data }) =>
        Object.entries(data).map(([key, text]) => [`config/${metadata.name}/${key}`, text]),
      ),
  );
}
