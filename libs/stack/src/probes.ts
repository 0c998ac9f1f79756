import type { Container, Probe } from './read/schema';
import type { Stack } from './read/stack';

/** What to ask a container. Ports are those in the pod. */
export type Question =
  | {
      readonly kind: 'http';
      readonly port: number;
      readonly path: string;
      readonly scheme: 'http' | 'https';
      readonly headers: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'tcp'; readonly port: number }
  | { readonly kind: 'grpc'; readonly port: number; readonly service: string }
  | { readonly kind: 'exec'; readonly argv: readonly string[] };

/** A probe that must answer before a container is ready. */
export interface PlannedProbe {
  readonly container: string;
  readonly field: 'startupProbe' | 'readinessProbe';
  readonly question: Question;
  /** Milliseconds from the start of the container to the first question. */
  readonly delay: number;
  /** Milliseconds that an answer may take. */
  readonly timeout: number;
  /** Good answers in a row that count as ready. */
  readonly successes: number;
}

/** The probes of a stack: for each container, startupProbe before readinessProbe. */
export function planProbes({ spec }: Stack): PlannedProbe[] {
  return spec.containers.flatMap((container) =>
    (['startupProbe', 'readinessProbe'] as const).flatMap((field): PlannedProbe[] => {
      const probe = container[field];
      if (!probe) return [];
      const { initialDelaySeconds = 0, timeoutSeconds = 1, successThreshold = 1 } = probe;
      return [
        {
          container: container.name,
          field,
          question: toQuestion(probe, container),
          delay: initialDelaySeconds * 1000,
          timeout: timeoutSeconds * 1000,
          successes: successThreshold,
        },
      ];
    }),
  );
}

/** Ports that probes or the reverse proxy ask and no Service publishes: they are published on free ports. */
export function listFreePorts(stack: Stack): number[] {
  const asked = planProbes(stack).flatMap(({ question }) =>
    question.kind === 'exec' ? [] : [question.port],
  );
  const forwarded = stack.edge?.backends.map(({ containerPort }) => containerPort) ?? [];
  const published = stack.ports.flatMap((one) => (one.protocol === 'TCP' ? [one.containerPort] : []));
  return [...new Set([...asked, ...forwarded])].filter((port) => !published.includes(port));
}

/** `GET http://…:8981/health/ready`, for messages. */
export function describeQuestion(question: Question): string {
  if (question.kind === 'http') return `GET ${question.path} on port ${question.port}`;
  if (question.kind === 'tcp') return `a connection to port ${question.port}`;
  if (question.kind === 'exec') return question.argv.join(' ');
  return `grpc.health.v1 on port ${question.port}${question.service === '' ? '' : ` for ${question.service}`}`;
}

function toQuestion({ httpGet, tcpSocket, grpc, exec }: Probe, { ports = [] }: Container): Question {
  const numberOf = (port: number | string): number =>
    typeof port === 'number' ? port : (ports.find(({ name }) => name === port)?.containerPort ?? 0);
  if (httpGet) {
    const { path, port, scheme, httpHeaders = [] } = httpGet;
    const headers = Object.fromEntries(httpHeaders.map(({ name, value }) => [name, value]));
    return {
      kind: 'http',
      port: numberOf(port),
      path,
      scheme: scheme === 'HTTPS' ? 'https' : 'http',
      headers,
    };
  }
  if (grpc) return { kind: 'grpc', port: grpc.port, service: grpc.service ?? '' };
  if (exec) return { kind: 'exec', argv: exec.command };
  return { kind: 'tcp', port: numberOf(tcpSocket?.port ?? 0) };
}
