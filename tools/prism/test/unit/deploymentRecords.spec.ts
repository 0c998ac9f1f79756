import { findServing, findUnderway } from '@prism-build/stack';
import { codes, useMachines, withTwo } from '../support/machine';

useMachines();

// A full disk: the act that a record announces is not begun.
test.each(['plain', 'claim', 'edge'] as const)('%s: no record can be written, at every one', async (form) => {
  const template = await withTwo(form);
  template.build('cc');
  const whole = template.copy();
  const before = whole.moves.count;
  expect(codes(await whole.deploy('cc'))).toBe('ok');
  const records = whole.moves.count - before;
  expect(records).toBeGreaterThan(3);
  for (let at = 0; at < records; at += 1) {
    const machine = template.copy();
    machine.moves.fullAt = machine.moves.count + at;
    expect(codes(await machine.deploy('cc'))).toContain('DISK_FULL');
    // One of the two still serves, whatever the step.
    expect(machine.podman.running().filter((id) => id === 'bb' || id === 'cc')).not.toEqual([]);
    machine.moves.fullAt = undefined;
    expect(codes(await machine.deploy('cc'))).toBe('ok');
    expect(machine.podman.running()).toEqual(['cc']);
    const history = await machine.history();
    expect(findUnderway(history)).toBeUndefined();
    expect(findServing(history)?.images).toContain(`api=sha256:${'cc'.padEnd(64, '0')}`);
  }
});
