import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { engineSettings } from '../support/engineSettings';
import { command, describeWith, mounts, podman as needsPodman } from '../support/needs';
import { cellsOf, demo } from './support/demo';
import { tryRun } from './support/run';
import { type DigestJson, host, memstore, nxEnvironment, readDigest, root } from './support/workspace';

/** The containers of prism-stack. */
const containers = {
  proxy: 'proxy',
  memstore: 'plugin-memstore',
  'postgres-plugin': 'plugin-postgres',
  database: 'base-postgres',
  page: 'admin',
};
const env = { ...nxEnvironment, ...engineSettings };
const podman = (...args: string[]) => tryRun(['podman', ...args], { env });

describeWith([needsPodman, command('catatonit'), mounts()], 'the demos of MEMO-007', () => {
  test('size: the sizes of digest.json, beside those of the memo', async () => {
    const output = await demo('size');
    const read = (path: string): DigestJson => JSON.parse(readFileSync(join(root, path), 'utf8'));
    const sizeOf = ({ platforms }: DigestJson) =>
      platforms
        .find(({ platform }) => platform.architecture === host)!
        .layers.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0);
    const scratch = sizeOf(readDigest(memstore.project));
    const regular = sizeOf(read(`dist/images/${memstore.project}/regular/digest.json`));
    expect(cellsOf(output, 'scratch')).toEqual([`${(scratch / 1e6).toFixed(1)} MB`, '6 MB']);
    expect(cellsOf(output, 'regular (Debian)')).toEqual([`${(regular / 1e6).toFixed(1)} MB`, '127 MB']);
    const smaller = (100 * (1 - scratch / regular)).toFixed(1);
    expect(cellsOf(output, 'smaller by')).toEqual([`${smaller} %`, '95.3 %']);
  });

  describe('stack', () => {
    /** What the demo keeps: the password and the files of the database. */
    const kept = [
      ['secret', 'prism-stack'],
      ['volume', 'prism-stack.claim.database'],
    ] as const;
    const isThere = async (kind: string, name: string) => (await podman(kind, 'inspect', name)).code === 0;
    const before: boolean[] = [];
    beforeAll(async () => {
      // The demo would end the pod of someone who works with it.
      if (await isThere('pod', 'prism-stack')) throw new Error('end it first: npx nx down prism-stack');
      for (const [kind, name] of kept) before.push(await isThere(kind, name));
    });
    afterAll(async () => {
      for (const [at, [kind, name]] of kept.entries())
        if (before[at] === false) await podman(kind, 'rm', name);
    });

    test('every container is ready, of the image that was built; no pod is left', async () => {
      const output = await demo('stack');
      for (const [container, project] of Object.entries(containers)) {
        const short = readDigest(project).index.digest.slice('sha256:'.length, 'sha256:'.length + 12);
        const [image, state, after] = cellsOf(output, `  ${container} `);
        expect([container, image, state]).toEqual([container, `prism/${project}:sha-${short}`, 'running']);
        expect(after).toMatch(/^\d+\.\d s$/);
      }
      expect(output).toContain('prism-stack removed');
      expect(await isThere('pod', 'prism-stack')).toBe(false);
    });
  });
});
