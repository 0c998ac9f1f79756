import { command, describeWith, mounts, podman } from '../support/needs';
import { cellsOf, demo } from './support/demo';

// Its budgets are in milliseconds, so nothing else may run.
describeWith([podman, command('catatonit'), mounts()], 'the demos of MEMO-007', () => {
  test('startup: both images became ready', async () => {
    // Starts in Podman take the longest, and tests of `bench` have them.
    const output = await demo('startup', '--where=bare', '--runs=3');
    const measured = expect.stringMatching(/^\d+\.\d ms$/);
    expect(cellsOf(output, 'regular (Debian)')).toEqual(['–', measured, '150 ms']);
    expect(cellsOf(output, 'scratch')).toEqual(['–', measured, '10 ms']);
  });
});
