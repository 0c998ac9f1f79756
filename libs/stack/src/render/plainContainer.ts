import { type Failure, failed, ok, type Result } from '@prism-build/errors';
import type { Container } from '../read/schema';
import type { Stack } from '../read/stack';
import { type Form, refuseEdge, refuser } from './form';
import { type HealthCheck, planHealth } from './health';
import { type Mount, planMounts } from './mounts';
import { readQuantity } from './quantity';
import { planVariables, type SecretVariable } from './variables';

/** A container for engines that have no ConfigMaps and no probes: all references are resolved. */
export interface PlainContainer {
  readonly name: string;
  readonly command: readonly string[] | undefined;
  readonly args: readonly string[] | undefined;
  readonly workingDir: string | undefined;
  readonly variables: Readonly<Record<string, string>>;
  readonly secrets: readonly SecretVariable[];
  readonly mounts: readonly Mount[];
  /** `65532` or `65532:65532`; undefined: that of the image. */
  readonly user: string | undefined;
  readonly readOnly: boolean;
  readonly noNewPrivileges: boolean;
  readonly drop: readonly string[];
  readonly add: readonly string[];
  /** Bytes. */
  readonly memory: number | undefined;
  readonly reservedMemory: number | undefined;
  /** Cores. */
  readonly cpus: number | undefined;
  /** Of 1024 for a core that is requested, as Kubernetes sets it. */
  readonly cpuShares: number | undefined;
  readonly health: HealthCheck | undefined;
  /** What `up` does and this form does not, to be said in what is rendered. */
  readonly notes: readonly string[];
}

/**
 * The containers of a stack for Quadlet or Compose. Failure: STACK_FORM_LACKS, with its line, for each field that the form
 * cannot express.
 */
export function planContainers(stack: Stack, form: Form): Result<PlainContainer[]> {
  const failures: Failure[] = refuseEdge(stack, form);
  const planned = stack.spec.containers.map((container, index) => {
    const refuse = refuser(stack, form, index, failures);
    const variables = planVariables(stack, container, refuse);
    const health = planHealth(stack, container, index, refuse);
    return {
      ...variables,
      ...health,
      ...planRights(stack, container),
      ...planLimits(container),
      name: container.name,
      workingDir: container.workingDir,
      mounts: planMounts(stack, container, refuse),
    };
  });
  return failures.length > 0 ? failed(...failures) : ok(planned);
}

function planRights({ spec }: Stack, { securityContext: own }: Container) {
  const { runAsUser, runAsGroup } = { ...spec.securityContext, ...own };
  const group = runAsGroup === undefined ? '' : `:${runAsGroup}`;
  return {
    user: runAsUser === undefined ? undefined : `${runAsUser}${group}`,
    readOnly: own?.readOnlyRootFilesystem ?? false,
    noNewPrivileges: own?.allowPrivilegeEscalation === false,
    drop: own?.capabilities?.drop ?? [],
    add: own?.capabilities?.add ?? [],
  };
}

function planLimits({ resources }: Container) {
  const { limits, requests } = resources ?? {};
  const amount = (quantity: string | number | undefined, unit = 1) =>
    quantity === undefined ? undefined : readQuantity(quantity) * unit;
  const shares = amount(requests?.cpu, 1024);
  return {
    memory: amount(limits?.memory),
    reservedMemory: amount(requests?.memory),
    cpus: amount(limits?.cpu),
    // 2 is the least that the kernel takes.
    cpuShares: shares === undefined ? undefined : Math.max(2, Math.round(shares)),
  };
}
