import { ok, type Result } from '@prism-build/errors';
import type { StartSide } from '../report/schema';
import { describeValues } from '../stats/distribution';
import { floorProbe } from './floorProgram';
import { type Launch, measureReady, type Ready } from './measureReady';
import type { Probe } from './parseProbe';

/** One way to start an image, and the floor program started in the same way. */
export interface Side {
  readonly where: StartSide['where'];
  /** Name and version of the engine. */
  readonly engine?: string | undefined;
  /** What is started: the program in the root of the image, or the call of the engine. */
  readonly command: readonly string[];
  readonly component: Launch;
  readonly floor: Launch;
}

const WARM_UPS = 2;

/**
 * Measures all sides in each round, every second round in reverse order, so that disturbances of the machine affect them alike.
 * `limit` is in milliseconds. Failures: those of `measureReady`, of the first start that fails.
 */
export async function measureSides(
  image: string,
  sides: readonly Side[],
  probe: Probe,
  { runs, limit }: { readonly runs: number; readonly limit: number },
): Promise<Result<StartSide[]>> {
  const all = sides.map((side) => ({ side, floors: [] as Ready[], starts: [] as Ready[] }));
  const steps = all.flatMap(({ side, floors, starts }) => [
    { into: floors, start: () => measureReady('the floor', side.floor, floorProbe, limit) },
    { into: starts, start: () => measureReady(image, side.component, probe, limit) },
  ]);
  for (let round = -WARM_UPS; round < runs; round++) {
    for (const { into, start } of round % 2 === 0 ? steps : [...steps].reverse()) {
      const measured = await start();
      if (!measured.ok) return measured;
      if (round >= 0) into.push(measured.value);
    }
  }
  return ok(all.map(({ side, floors, starts }) => describeSide(side, floors, starts)));
}

function describeSide(side: Side, floors: readonly Ready[], starts: readonly Ready[]): StartSide {
  const floor = describeValues(
    floors.map(({ milliseconds }) => milliseconds),
    'ms',
  );
  const ready = describeValues(
    starts.map(({ milliseconds }) => milliseconds),
    'ms',
  );
  const memory = starts.flatMap(({ memory }) => memory ?? []);
  return {
    where: side.where,
    ...(side.engine !== undefined && { engine: side.engine }),
    command: [...side.command],
    ...{ floor, ready, ratio: ready.median / floor.median },
    ...(memory.length > 0 && {
      idle: describeValues(
        memory.map(({ pss }) => pss),
        'bytes',
      ),
      peak: describeValues(
        memory.map(({ peak }) => peak),
        'bytes',
      ),
    }),
  };
}
