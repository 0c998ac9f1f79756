import { parseNames, podmanPods } from '@prism-build/engine';
import { all, failed, ok, type Result, stackFailure } from '@prism-build/errors';
import { listVolumes, type Stack, type StackVolume, volumeLabel } from '@prism-build/stack';
import type { StackProject } from './openStack';
import { queryPodman } from './queryPodman';

type Bad = Extract<Result<unknown>, { ok: false }>;

/**
 * Creates the volumes of a stack. Those of claims keep their files; others begin empty. Failures: STACK_EXISTS, for a volume of
 * somebody else, STACK_START_FAILED.
 */
export async function createVolumes(project: StackProject, stack: Stack): Promise<Result<void>> {
  const { call, owner } = project;
  const [emptied, kept] = await Promise.all([
    removeVolumes(project, ['config', 'scratch']),
    queryPodman(project, podmanPods.listVolumes(volumeLabel(owner, 'claim'))),
  ]);
  if (!emptied.ok) return emptied;
  if (!kept.ok) return refuse(stack.name, kept);
  const there = new Set(parseNames(kept.value));
  for (const { name, kind } of listVolumes(stack)) {
    if (there.has(name)) continue;
    const created = await call({ argv: podmanPods.createVolume(name, volumeLabel(owner, kind)) });
    if (!created.ok) return isTaken(created) ? refuseTaken(name, project) : refuse(stack.name, created);
  }
  return ok(undefined);
}

/** Removes the volumes of a project's stack by kind; returns how many. */
export async function removeVolumes(
  project: StackProject,
  kinds: readonly StackVolume['kind'][],
): Promise<Result<number>> {
  const listed = all(
    await Promise.all(
      kinds.map((kind) => queryPodman(project, podmanPods.listVolumes(volumeLabel(project.owner, kind)))),
    ),
  );
  if (!listed.ok) return listed;
  const names = listed.value.flatMap(parseNames);
  if (names.length === 0) return ok(0);
  const removed = await project.call({ argv: podmanPods.removeVolumes(names) });
  return removed.ok ? ok(names.length) : removed;
}

const isTaken = ({ failures }: Bad) => failures.some(({ why }) => /already exists/.test(why ?? ''));

function refuseTaken(name: string, { project }: StackProject) {
  const what = `Podman has a volume ${name} that is not one of ${project} in this workspace`;
  const remedy = `If another clone made it, run \`npx nx down ${project} --volumes\` there. If nobody needs its files: podman volume rm ${name}`;
  return failed(stackFailure('STACK_EXISTS', { what, remedy }));
}

function refuse(name: string, { failures }: Bad) {
  const what = `podman did not make the volumes of ${name}`;
  return failed(...failures.map(({ why }) => stackFailure('STACK_START_FAILED', { what, why })));
}
