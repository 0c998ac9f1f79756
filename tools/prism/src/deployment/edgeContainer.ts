import { join } from 'node:path';
import { parseEdge, podmanEdge, type SeenEdge } from '@prism-build/engine';
import { deployFailure, failed, ok, type Result, stackFailure } from '@prism-build/errors';
import {
  type Edge,
  type EdgeServer,
  edgePaths,
  listServers,
  readServers,
  type Stack,
  stackLabel,
} from '@prism-build/stack';
import type { StackProject } from '../stack/openStack';
import { queryPodman } from '../stack/queryPodman';

/** A stack with a reverse proxy. */
export type Fronted = Stack & { readonly edge: Edge };

/** Whether a stack has a reverse proxy. */
export function isFronted(stack: Stack): stack is Fronted {
  return stack.edge !== undefined;
}

/** The servers of a reverse proxy as they are now. */
export async function readServersOf(project: StackProject, stack: Fronted): Promise<Result<EdgeServer[]>> {
  const answer = await send(project, stack, listServers);
  return answer.ok ? ok(readServers(answer.value)) : answer;
}

/** Sends commands to a reverse proxy. Returns its answer. */
export async function send({ call }: StackProject, stack: Fronted, input: string): Promise<Result<string>> {
  const argv = podmanEdge.send(nameOf(stack), edgePaths.socket);
  const answer = await call({ argv, input, timeout: 10_000 });
  return answer.ok ? ok(answer.value.stdout) : refuse(stack, answer.failures[0]?.why);
}

/** The reverse proxy as Podman has it; undefined if there is none. Failure: STACK_EXISTS, for one of another project. */
export async function readEdge(project: StackProject, stack: Fronted): Promise<Result<SeenEdge | undefined>> {
  const seen = await queryPodman(project, podmanEdge.inspect(nameOf(stack)));
  if (!seen.ok)
    return seen.failures.some(({ why }) => /no such container/i.test(why ?? '')) ? ok(undefined) : seen;
  const edge = parseEdge(seen.value);
  if (edge.labels[stackLabel] === ownerOf(project)) return ok(edge);
  const what = `Podman has a container ${nameOf(stack)} that is not that of ${project.project} in this workspace`;
  return failed(stackFailure('STACK_EXISTS', { what }));
}

/** The secrets of a certificate, and the files in which HAProxy looks for the pair. */
export function splitPair({ name, at }: Edge['certificates'][number]) {
  const target = `${edgePaths.certificates}/${name}.pem`;
  return [
    { name: `${name}.tls.crt`, target, at },
    { name: `${name}.tls.key`, target: `${target}.key`, at },
  ];
}

export function refuse({ name }: Fronted, why: string | undefined): Result<never> {
  const what = `the reverse proxy of ${name} could not be switched to a version`;
  return failed(deployFailure('DEPLOY_EDGE_FAILED', { what, why }));
}

/** Names of pods and containers have no dot. */
export const nameOf = ({ name }: Fronted): string => `${name}.edge`;

export const ownerOf = ({ owner }: StackProject): string => `${owner}.edge`;

export function directoryOf({ directories, project }: StackProject): string {
  return join(directories.prism, 'edge', project.replaceAll('/', '__'));
}
