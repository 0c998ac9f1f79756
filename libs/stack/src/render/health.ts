import { describeQuestion, planProbes } from '../probes';
import type { Container } from '../read/schema';
import type { Stack } from '../read/stack';
import type { Refuse } from './form';

/** A health check that the engine runs inside of a container. Times are in seconds. */
export interface HealthCheck {
  readonly argv: readonly string[];
  readonly interval: number;
  readonly timeout: number;
  readonly retries: number;
}

/** Kubernetes asks every 10 s; a start would wait that long after the first question. */
const interval = 2;

/**
 * The exec probe of a container as a health check, and notes on the probes that it stands for: Quadlet and Compose ask
 * nothing from outside. A container that has only probes from outside is refused.
 */
export function planHealth(stack: Stack, container: Container, index: number, refuse: Refuse) {
  const probes = planProbes(stack).filter((one) => one.container === container.name);
  const chosen = [...probes].reverse().find(({ question }) => question.kind === 'exec');
  if (!chosen) {
    for (const { field, question } of probes)
      refuse([field], `${field}, ${describeQuestion(question)}`, why, remedy);
    return { health: undefined, notes: [] };
  }
  const { successThreshold = 1, periodSeconds, failureThreshold = 3 } = container[chosen.field] ?? {};
  if (successThreshold > 1)
    refuse([chosen.field, 'successThreshold'], 'successThreshold', 'one good answer counts', 'Remove it.');
  const notes = probes
    .filter((one) => one !== chosen)
    .map(({ field, question }) => {
      const { file, line } = stack.placeOf(['containers', index, field]);
      return `Only nx up asks the ${field} of ${file}:${line}: ${describeQuestion(question)}.`;
    });
  const argv = chosen.question.kind === 'exec' ? chosen.question.argv : [];
  const timeout = chosen.timeout / 1000;
  const health: HealthCheck = {
    argv,
    interval: periodSeconds ?? interval,
    timeout,
    retries: failureThreshold,
  };
  return { health, notes };
}

const why = 'it runs health checks inside of the container, and asks nothing from outside';
const remedy =
  "Add a startupProbe with exec, such as the image's own health command; it stands for this probe.";

/** Seconds in which a container may fail its checks after a start; the default of `up --timeout`. */
export const startPeriod = 60;
