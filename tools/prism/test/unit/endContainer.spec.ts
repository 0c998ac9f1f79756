import { docker, podman } from '@prism-build/engine';
import { failed, ok, shellFailure } from '@prism-build/errors';
import type { Command, Finished, Run } from '@prism-build/shell';
import fc from 'fast-check';
import { endContainer } from '../../src/executors/run-image/endContainer';

/** What Nx's SIGTERM does to a command: nothing, or it ends it before its work, or between that and its answer. */
type Fate = 'works' | 'nothing' | 'silent' | 'killed';

/** One container, in an engine whose commands meet their fates in turn, and work once there are no more. */
function makeEngine(fates: readonly Fate[], listens: boolean) {
  const left = [...fates];
  const done: string[] = [];
  let state: 'runs' | 'ended' | 'gone' = 'runs';
  const fail = (what: string, why: string) => failed(shellFailure('COMMAND_FAILED', { what, why }));
  const work = ([, verb, ...rest]: Command['argv']) => {
    if (state === 'gone') return fail('status 1', 'Error: no such container');
    if (verb === 'container') return ok(String(state === 'runs'));
    done.push(verb === 'kill' ? rest[0]!.replace('--signal=', '') : verb!);
    if (verb === 'kill' || (verb === 'wait' && listens)) state = listens ? 'ended' : state;
    if (verb === 'rm') state = 'gone';
    return verb === 'wait' && !listens ? fail('no end', 'it took too long') : ok('box');
  };
  const call: Run = async ({ argv }) => {
    const fate = left.shift() ?? 'works';
    if (fate === 'killed') return fail('SIGTERM', '');
    const answer = fate === 'nothing' ? ok('') : work(argv);
    if (!answer.ok) return answer;
    const said: Finished = { stdout: fate === 'silent' ? '' : answer.value, stderr: '' };
    return ok(said);
  };
  return { call, done, state: () => state };
}

test('it is asked, and removed once it ended', async () => {
  for (const engine of [podman, docker]) {
    const { call, done, state } = makeEngine([], true);
    await endContainer({ engine, name: 'box', call }, 'SIGINT', 1000);
    expect(done).toEqual(['SIGINT', 'rm']);
    expect(state()).toBe('gone');
  }
});

test('whatever becomes of six commands on the way, it is asked before it is removed', async () => {
  const fates = fc.array(fc.constantFrom<Fate>('works', 'nothing', 'silent', 'killed'), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(fates, async (drawn) => {
      const { call, done, state } = makeEngine(drawn, true);
      await endContainer({ engine: podman, name: 'box', call }, 'SIGTERM', 60_000);
      expect(state()).toBe('gone');
      expect(done[0]).toBe('SIGTERM');
    }),
  );
});

test('one that does not listen is removed when its time is over', async () => {
  const { call, done, state } = makeEngine([], false);
  await endContainer({ engine: podman, name: 'box', call }, 'SIGTERM', 0);
  expect(state()).toBe('gone');
  expect(done).toEqual(['rm']);
});

test('an engine that never answers does not keep us', async () => {
  const call: Run = async () => ok({ stdout: '', stderr: '' });
  await endContainer({ engine: podman, name: 'box', call }, 'SIGTERM', 60_000);
});
