import type { Stack } from '../read/stack';

/** A volume of Podman. Only those of claims outlive their pod. */
export interface StackVolume {
  readonly name: string;
  readonly kind: 'claim' | 'config' | 'scratch';
}

/** The label of a volume of an owner: one for owner and kind, because Podman 4.3 cannot filter by two. */
export function volumeLabel(owner: string, kind: StackVolume['kind']): string {
  return `prism-build.volume=${owner}.${kind}`;
}

/** Names of Kubernetes have no dot here, so stacks and kinds do not share names. */
export function volumeName(stack: string, kind: StackVolume['kind'], name: string): string {
  return `${stack}.${kind}.${name}`;
}

/** The volumes of a stack in Podman: one for each claim, mounted ConfigMap and emptyDir. */
export function listVolumes({ name: stack, spec, claims }: Stack): StackVolume[] {
  const mounted = (spec.volumes ?? []).flatMap(({ name, configMap, emptyDir }): StackVolume[] => {
    if (configMap) return [{ name: volumeName(stack, 'config', configMap.name), kind: 'config' }];
    return emptyDir ? [{ name: volumeName(stack, 'scratch', name), kind: 'scratch' }] : [];
  });
  const kept = claims.map((name): StackVolume => ({ name: volumeName(stack, 'claim', name), kind: 'claim' }));
  return [...new Map([...kept, ...mounted].map((one) => [one.name, one])).values()];
}
