import { parseContainerfile } from '@prism-build/containerfile';
import { planImage, resolveReads } from '@prism-build/plan';
import type { Node, Tree } from '../src/node';
import { assemblePlatform } from '../src/platform';

const arm64 = Buffer.alloc(64);
arm64.write('\x7fELF\x02\x01', 'latin1');
arm64.writeUInt16LE(183, 18);
const directory = (mode: number): Node => ({ type: 'directory', mode, uid: 0, gid: 0 });
const library: Node = {
  type: 'file',
  mode: 0o755,
  uid: 0,
  gid: 42,
  content: { kind: 'bytes', bytes: arm64 },
};
const rootfs: Tree = new Map([
  ['root', directory(0o700)],
  ['tmp', directory(0o1777)],
  ['usr', directory(0o755)],
  ['usr/library', library],
  ['usr/other', library],
]);
const context: Tree = new Map([
  [
    'hello',
    { type: 'file', mode: 0o644, uid: 0, gid: 0, content: { kind: 'bytes', bytes: Buffer.from('x') } },
  ],
]);

function plan(text: string, contexts: readonly string[] = ['rootfs']) {
  const containerfile = parseContainerfile(`FROM scratch\n${text}`, 'Containerfile');
  if (!containerfile.ok) throw new Error('does not parse');
  const platform = { os: 'linux', architecture: 'amd64' };
  const request = {
    containerfile: containerfile.value,
    context: '.',
    platforms: [platform],
    buildPlatform: platform,
    buildArgs: {},
    compression: 'zstd' as const,
    contexts,
  };
  return planImage(resolveReads(request), request);
}

async function assemble(text: string) {
  const planned = plan(text);
  if (!planned.ok) throw new Error(JSON.stringify(planned.failures));
  const [platform] = planned.value.platforms;
  const done = await assemblePlatform(platform!, 'Containerfile', { context, compile: undefined, rootfs });
  if (!done.ok) throw new Error(JSON.stringify(done.failures));
  return done.value.layers.map(({ entries }) =>
    [...entries].map(([path, { mode, gid }]) => `${mode.toString(8)} ${gid} ${path}`),
  );
}

test('what packages bring keeps modes, owners and hard links, whatever architecture it is for', async () => {
  expect(await assemble('COPY --from=rootfs / /\n')).toEqual([
    ['700 0 root', '1777 0 tmp', '755 0 usr', '755 42 usr/library', '755 42 usr/other'],
  ]);
});

test('a layer has the directories above its files, with the modes that they have already', async () => {
  const layers = await assemble('COPY --from=rootfs / /\nCOPY hello /tmp/hello\nCOPY hello /root/a/hello\n');
  expect(layers.slice(1)).toEqual([
    ['1777 0 tmp', '644 0 tmp/hello'],
    ['700 0 root', '755 0 root/a', '644 0 root/a/hello'],
  ]);
});

test('the name means something only where a rootfs is described, and beats a stage, as build contexts do', () => {
  expect(plan('COPY --from=rootfs / /\n', [])).toMatchObject({ failures: [{ code: 'BASE_UNKNOWN' }] });
  expect(plan('COPY --from=other / /\n')).toMatchObject({ failures: [{ code: 'BASE_UNKNOWN' }] });
  const staged = plan('COPY hello /x\nFROM scratch AS rootfs\nFROM scratch\nCOPY --from=rootfs / /\n');
  expect(staged.ok && staged.value.platforms[0]!.stages.at(-1)!.steps[0]).toMatchObject({
    from: { kind: 'rootfs' },
  });
});
