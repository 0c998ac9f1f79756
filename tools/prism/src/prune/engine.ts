import {
  type Engine,
  listContainers,
  listEnded,
  listImages,
  listUsed,
  projectLabel,
  removeImage,
} from '@prism-build/engine';
import { ok, type Result } from '@prism-build/errors';
import type { Run } from '@prism-build/shell';
import { type EngineFacts, parseImages, planEngine } from './planEngine';

export interface EnginePlan {
  readonly engine: Engine['name'];
  /** Names of images. */
  readonly images: readonly string[];
  /** Images without a name that carry our label. */
  readonly dangling: readonly string[];
  /** Ended containers that carry our label. */
  readonly containers: readonly string[];
}

const lines = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);

/** Lists unused labelled or named objects of this workspace in an engine. */
export async function planLeftovers(
  engine: Engine,
  run: Run,
  facts: Pick<EngineFacts, 'repositories' | 'space' | 'current'>,
): Promise<Result<EnginePlan>> {
  const images = await run({ argv: listImages(engine) });
  if (!images.ok) return images;
  const containers = await run({ argv: listContainers(engine) });
  if (!containers.ok) return containers;
  const ids = lines(containers.value.stdout);
  const used = ids.length === 0 ? ok({ stdout: '' }) : await run({ argv: listUsed(engine, ids) });
  if (!used.ok) return used;
  const ended = await run({ argv: listEnded(engine, projectLabel) });
  const dangling = await run({ argv: listImages(engine, projectLabel) });
  if (!ended.ok || !dangling.ok) return ended.ok ? (dangling as Result<never>) : ended;
  const inUse = new Set(lines(used.value.stdout).map((id) => id.replace(/^sha256:/, '')));
  return ok({
    engine: engine.name,
    images: planEngine({ ...facts, images: parseImages(images.value.stdout), used: inUse }),
    dangling: parseImages(dangling.value.stdout)
      .map(({ id }) => id)
      .filter((id) => !inUse.has(id)),
    containers: lines(ended.value.stdout),
  });
}

/** Removes them one by one, never by force: an object that the engine refuses to remove is in use. Returns the number. */
export async function removeLeftovers(engine: Engine, run: Run, plan: EnginePlan): Promise<number> {
  let count = 0;
  for (const container of plan.containers)
    if ((await run({ argv: [engine.name, 'rm', container] })).ok) count += 1;
  for (const image of [...plan.images, ...plan.dangling])
    if ((await run({ argv: removeImage(engine, image) })).ok) count += 1;
  return count;
}
