import type { Result } from '@prism-build/errors';
import { findServing, findUnderway } from '@prism-build/stack';
import type { Served } from '../../src/deployment/operation';
import { Killed } from '../support/fakePodman';
import { codes, type Form, type Machine, useMachines, withTwo } from '../support/machine';

useMachines();

describe('killed at every step, the next command is right', () => {
  interface First {
    readonly form: Form;
    readonly bad?: boolean;
    /** What comes next starts the reverse proxy, whose port is the same on all machines. */
    readonly alone?: boolean;
    readonly run: (machine: Machine) => Promise<Result<unknown>>;
  }
  const first: Readonly<Record<string, First>> = {
    'deploy beside': { form: 'plain', run: (machine: Machine) => machine.deploy('cc') },
    'deploy instead': { form: 'claim', run: (machine: Machine) => machine.deploy('cc') },
    'deploy of a bad version': { form: 'claim', bad: true, run: (machine: Machine) => machine.deploy('cc') },
    rollback: { form: 'plain', run: (machine: Machine) => machine.rollback() },
    'deploy with a reverse proxy': { form: 'edge', run: (machine: Machine) => machine.deploy('cc') },
    'down with a reverse proxy': { form: 'edge', alone: true, run: (machine: Machine) => machine.down() },
    down: { form: 'claim', run: (machine: Machine) => machine.down() },
    'down with volumes': { form: 'claim', run: (machine: Machine) => machine.down('remove') },
  };
  type Kill = (machine: Machine) => void;
  const next = {
    deploy: async (machine: Machine) => {
      expect(codes(await machine.deploy('dd'))).toBe('ok');
      expect(machine.podman.running()).toEqual(['dd']);
    },
    'the same deploy': async (machine: Machine) => {
      const bad = machine.podman.behaviours.get('cc') === 'silent';
      const done = await machine.deploy('cc');
      expect(done.ok).toBe(!bad);
      const left = machine.podman.running();
      // What served before serves, unless `down` stopped it.
      expect(bad ? left.filter((id) => id !== 'bb') : left).toEqual(bad ? [] : ['cc']);
    },
    rollback: async (machine: Machine) => {
      const done: Result<Served> = await machine.rollback();
      const running = machine.podman.running();
      if (done.ok) expect(['aa', 'bb']).toContain(running[0]);
      else expect(codes(done)).toBe('ROLLBACK_UNKNOWN');
      expect(running.length).toBeLessThanOrEqual(1);
    },
    down: async (machine: Machine) => {
      expect((await machine.down()).ok).toBe(true);
      expect(machine.podman.running()).toEqual([]);
    },
  };

  /** The kills of a command: before each record, and before, in the middle of and after each change of Podman. */
  async function listKills({ run }: First, machine: Machine): Promise<Kill[]> {
    const [moves, changes] = [machine.moves.count, machine.podman.changes];
    await run(machine);
    const atMoves = Array.from(
      { length: machine.moves.count - moves },
      (_, at): Kill =>
        (one) => {
          one.moves.killAt = one.moves.count + at;
        },
    );
    const atChanges = Array.from({ length: machine.podman.changes - changes }, (_, at) =>
      (['before', 'halfway', 'after'] as const).map(
        (moment): Kill =>
          (one) => {
            one.podman.killAt = { change: one.podman.changes + at, moment };
          },
      ),
    );
    return [...atMoves, ...atChanges.flat()];
  }

  async function prepare(form: Form, bad = false): Promise<Machine> {
    const machine = await withTwo(form);
    machine.build('cc', bad ? 'silent' : 'good');
    machine.build('dd');
    return machine;
  }

  test.each(Object.entries(first))('%s', async (_, command) => {
    const template = await prepare(command.form, command.bad);
    const kills = await listKills(command, template.copy());
    expect(kills.length).toBeGreaterThan(3);
    for (const then of Object.values(next)) {
      const tries = async (kill: Kill) => {
        const machine = template.copy();
        kill(machine);
        await expect(command.run(machine)).rejects.toThrow(Killed);
        [machine.moves.killAt, machine.podman.killAt] = [undefined, undefined];
        await then(machine);
        const history = await machine.history();
        expect(findUnderway(history)).toBeUndefined();
        // Record and pod agree, and nothing is orphaned.
        const serving = findServing(history);
        const running = machine.podman.running();
        expect(running.map((id) => `api=sha256:${id.padEnd(64, '0')}`)).toEqual(
          serving?.images.filter((one) => one.startsWith('api=')) ?? [],
        );
        if (command.form === 'edge') expect(machine.podman.served()).toEqual(running);
        else expect([...machine.podman.pods.keys()]).toEqual(serving ? ['shop'] : []);
      };
      if (command.alone) for (const kill of kills) await tries(kill);
      else await Promise.all(kills.map(tries));
    }
  });
});
