import type { ExecutorContext } from '@nx/devkit';
import type { PublishedPort } from '@prism-build/engine';
import { failed, imageFailure, ok, type Result } from '@prism-build/errors';
import { parseProbe } from '@prism-build/measure';
import type { Question } from '@prism-build/stack';
import { targetName } from '@prism-build/workspace';

/** What a component is asked, and the port of this machine at which it is. */
export interface Asked {
  readonly question: Question | undefined;
  readonly hostPort: number | undefined;
}

/**
 * The probe of a component: the option, else that of its target bench, else a connection to its first port; nothing for a
 * component without ports. Failure: OPTIONS_INVALID, for an option that cannot be asked of a container.
 */
export function readProbe(
  project: string,
  { probe, variant }: { readonly probe?: string | undefined; readonly variant?: string | undefined },
  ports: readonly PublishedPort[],
  { projectsConfigurations }: ExecutorContext,
): Result<Asked> {
  const published = ports.filter(({ protocol }) => protocol === 'tcp');
  const at = (question: Exclude<Question, { kind: 'exec' }>): Asked => ({
    question,
    hostPort: published.find(({ containerPort }) => containerPort === question.port)?.hostPort,
  });
  const [first] = published;
  const fallback = first
    ? at({ kind: 'tcp', port: first.containerPort })
    : { question: undefined, hostPort: undefined };
  const declared = projectsConfigurations?.projects[project]?.targets?.[targetName('bench', variant)];
  const text = probe ?? declared?.options?.probe;
  if (typeof text !== 'string') return ok(fallback);
  const parsed = parseProbe(text);
  const usable = 'kind' in parsed && (parsed.kind === 'grpc' || parsed.kind === 'http') ? parsed : undefined;
  if (!usable) {
    if (probe === undefined) return ok(fallback);
    const why = 'why' in parsed ? parsed.why : `${parsed.kind} cannot be asked of a container`;
    return failed(imageFailure('OPTIONS_INVALID', { what: `option probe of dev: ${why}` }));
  }
  const asked =
    usable.kind === 'grpc'
      ? at({ kind: 'grpc', port: usable.port, service: usable.service })
      : at({ kind: 'http', port: usable.port, path: usable.path, scheme: 'http', headers: {} });
  if (asked.hostPort !== undefined || probe === undefined)
    return ok(asked.hostPort === undefined ? fallback : asked);
  const what = `option probe of dev: port ${usable.port} is not published`;
  const remedy = `EXPOSE it in the Containerfile, or add --ports=${usable.port}.`;
  return failed(imageFailure('OPTIONS_INVALID', { what, remedy }));
}
