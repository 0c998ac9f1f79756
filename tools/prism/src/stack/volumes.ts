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
  const wanted = listVolumes(stack);
  if (wanted.length === 0) return ok(undefined);
  const [left, kept] = await Promise.all([
    findVolumes(project, ['config', 'scratch']),
    findVolumes(project, ['claim']),
  ]);
  if (!left.ok) return left;
  if (!kept.ok) return refuse(stack.name, kept);
  const emptied = await removeVolumes(project, left.value);
  if (!emptied.ok) return emptied;
  const there = new Set(kept.value);
  for (const { name, kind } of wanted) {
    if (there.has(name)) continue;
    const created = await call({ argv: podmanPods.createVolume(name, volumeLabel(owner, kind)) });
    if (!created.ok) return isTaken(created) ? refuseTaken(name, project) : refuse(stack.name, created);
  }
  return ok(undefined);
}

/** The names of the volumes of a project's stack by kind. */
export async function findVolumes(
  project: StackProject,
  kinds: readonly StackVolume['kind'][],
): Promise<Result<string[]>> {
  const listed = all(
    await Promise.all(
      kinds.map((kind) => queryPodman(project, podmanPods.listVolumes(volumeLabel(project.owner, kind)))),
    ),
  );
  return listed.ok ? ok(listed.value.flatMap(parseNames)) : listed;
}

export async function removeVolumes(
  { call }: StackProject,
  names: readonly string[],
): Promise<Result<unknown>> {
  return names.length === 0 ? ok(undefined) : call({ argv: podmanPods.removeVolumes(names) });
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
