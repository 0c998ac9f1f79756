import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { podmanEdge, podmanPods } from '@prism-build/engine';
import { type Failure, failed, failuresOf, ok, type Result, stackFailure } from '@prism-build/errors';
import { attempt, writeFileAtomic } from '@prism-build/shell';
import {
  countRequests,
  edgeContainer,
  edgeDigest,
  edgePaths,
  isSwitched,
  readServers,
  renderedLabel,
  renderHaproxy,
  type Slot,
  type Stack,
  stackLabel,
  switchCommands,
  type Upstream,
} from '@prism-build/stack';
import { containerName } from '../stack/awaitReady';
import { makeContainers } from '../stack/makeContainers';
import type { StackProject } from '../stack/openStack';
import { readPod } from '../stack/pod';
import { checkPorts } from '../stack/ports';
import { queryPodman } from '../stack/queryPodman';
import {
  directoryOf,
  type Fronted,
  isFronted,
  nameOf,
  ownerOf,
  readEdge,
  readServersOf,
  refuse,
  send,
  splitPair,
} from './edgeContainer';
import { stackIn } from './slots';
import type { Version } from './version';

/** Milliseconds between two looks at the reverse proxy. */
const pause = 50;

/**
 * What the reverse proxy of a version needs, before anything is started: its certificates, and its ports, unless it runs already.
 * Failures: STACK_SECRET_MISSING, STACK_PORT_IN_USE.
 */
export async function checkEdge(project: StackProject, { stack }: Version): Promise<Result<void>> {
  if (!isFronted(stack)) return ok(undefined);
  const { edge } = stack;
  const missing: Failure[] = [];
  for (const { name, at } of edge.certificates.flatMap(splitPair)) {
    if ((await queryPodman(project, podmanPods.inspectSecret(name))).ok) continue;
    const what = `Podman has no secret ${name}`;
    const remedy = `Make it of the file in PEM: podman secret create ${name} <file>`;
    missing.push(stackFailure('STACK_SECRET_MISSING', { what, remedy, at }));
  }
  const there = await readEdge(project, stack);
  if (!there.ok) return there;
  const used = edge.certificates.length > 0 ? [edge.httpPort, edge.httpsPort] : [edge.httpPort];
  const ports = used.map((hostPort) => ({ hostPort, protocol: 'TCP' as const, at: edge.at }));
  const free = there.value ? ok(undefined) : await checkPorts(ports, () => `Ingress ${edge.name}`);
  const failures = [...missing, ...failuresOf(free)];
  return failures.length > 0 ? failed(...failures) : ok(undefined);
}

/**
 * Lets the reverse proxy send requests to the pod in a slot. One that runs with the same settings is switched; otherwise it is
 * started anew. Its file is written first, so that one that starts again by itself does the same. Returns the milliseconds in
 * which nothing listened. Failure: DEPLOY_EDGE_FAILED.
 */
export async function pointEdge(
  project: StackProject,
  { stack, images }: Pick<Version, 'stack' | 'images'>,
  slot: Slot,
  limit: number,
): Promise<Result<number>> {
  if (!isFronted(stack)) return ok(0);
  const { edge } = stack;
  const placed = stackIn(stack, slot);
  const containers = stack.spec.containers.map(({ name }) => containerName(placed, name));
  const [pod, there] = await Promise.all([
    readPod(project, placed.name, containers),
    readEdge(project, stack),
  ]);
  if (!pod.ok) return pod;
  if (!there.ok) return there;
  const bound = edge.backends.flatMap(({ containerPort }) => {
    const port = pod.value?.ports[`${containerPort}/tcp`];
    return port === undefined ? [] : [[containerPort, port] as const];
  });
  if (bound.length < edge.backends.length)
    return refuse(stack, `the pod ${placed.name} does not publish all ports of the Ingress`);
  const upstream: Upstream = { slot, ports: Object.fromEntries(bound) };
  const image = images.find(({ container }) => container === edgeContainer)!.name;
  const directory = directoryOf(project);
  const written = await attempt(`cannot write ${directory}`, () => {
    mkdirSync(directory, { recursive: true });
    writeFileAtomic(join(directory, 'haproxy.cfg'), renderHaproxy(edge, upstream));
  });
  if (!written.ok) return written;
  const digest = edgeDigest(edge, image);
  if (there.value?.running && there.value.labels[renderedLabel] === digest) {
    const switched = await send(project, stack, switchCommands(edge, upstream));
    if (!switched.ok) return switched;
    if (isSwitched(edge, upstream, readServers(switched.value))) return ok(0);
    return refuse(stack, `it answered: ${switched.value.replace(/\s+/g, ' ').trim()}`);
  }
  const began = performance.now();
  const removed = there.value
    ? await project.call({ argv: podmanEdge.remove(nameOf(stack), 0) })
    : ok(undefined);
  if (!removed.ok) return removed;
  const argv = podmanEdge.run({
    name: nameOf(stack),
    labels: [`${stackLabel}=${ownerOf(project)}`, `${renderedLabel}=${digest}`],
    image,
    configuration: { source: directory, target: edgePaths.configuration },
    secrets: edge.certificates.flatMap(splitPair),
  });
  const started = await makeContainers(project, { argv }, async () => undefined);
  if (!started.ok) return refuse(stack, started.failures[0]?.why);
  const answers = await awaitEdge(project, stack, upstream, limit);
  return answers.ok ? ok(there.value ? performance.now() - began : 0) : answers;
}

/** Waits until no request is underway in a slot, at most so many milliseconds. */
export async function drain(
  project: StackProject,
  stack: Stack,
  slot: Slot,
  milliseconds: number,
): Promise<void> {
  if (!isFronted(stack)) return;
  for (const end = performance.now() + milliseconds; performance.now() < end; await sleep(pause)) {
    const servers = await readServersOf(project, stack);
    if (!servers.ok || countRequests(servers.value, slot) === 0) return;
  }
}

/** Removes the reverse proxy of a stack's deployments, if there is one. Needs no stack.yaml. */
export async function removeEdge(project: StackProject, grace: number): Promise<Result<void>> {
  const directory = directoryOf(project);
  if (!existsSync(directory)) return ok(undefined);
  const listed = await queryPodman(project, podmanEdge.list(`${stackLabel}=${ownerOf(project)}`));
  if (!listed.ok) return listed;
  for (const { Names } of JSON.parse(listed.value) as { readonly Names: readonly string[] }[]) {
    const removed = await project.call({ argv: podmanEdge.remove(Names[0]!, grace) });
    if (!removed.ok) return removed;
  }
  return attempt(`cannot remove ${directory}`, () => rmSync(directory, { recursive: true, force: true }));
}

/** Waits until a reverse proxy that was just started answers. */
async function awaitEdge(
  project: StackProject,
  stack: Fronted,
  upstream: Upstream,
  limit: number,
): Promise<Result<void>> {
  for (const end = performance.now() + limit; ; await sleep(pause)) {
    const servers = await readServersOf(project, stack);
    if (servers.ok && isSwitched(stack.edge, upstream, servers.value)) return ok(undefined);
    const seen = await readEdge(project, stack);
    if (!seen.ok) return seen;
    const ended = !seen.value?.running || seen.value.restarts > 0;
    if (!ended && performance.now() < end) continue;
    const printed = await project.call({ argv: podmanPods.containerLogs(nameOf(stack), 10) });
    await project.call({ argv: podmanEdge.remove(nameOf(stack), 0) });
    const lines = printed.ok ? `${printed.value.stdout}\n${printed.value.stderr}`.trim() : '';
    return refuse(stack, ended ? `it ended: ${lines}` : `it does not answer: ${lines}`);
  }
}
