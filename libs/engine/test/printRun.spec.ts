import { podmanBuilder, printRun } from '../src/index';

const store = { root: '/s/root', runroot: 'run', driver: 'vfs' };

test('a command for an engine that knows no heredocs, no SHELL and no named contexts', () => {
  expect(
    printRun({
      base: 'b1',
      argv: ['/bin/sh', '-c', 'echo "$X"\ncat <<EOF\nEOF'],
      mounts: [
        { type: 'bind', image: 'i1', source: '/mounted', target: '/a', writable: false },
        { type: 'bind', image: 'i2', source: '/mounted', target: '/b', writable: true },
        { type: 'cache', options: { id: 'p-x', target: '/c', sharing: 'locked' } },
      ],
    }),
  ).toBe(
    [
      'FROM i2 AS mount1',
      'LABEL mount=1',
      'FROM b1',
      'RUN --mount=type=bind,from=i1,source=/mounted,target=/a --mount=type=bind,from=mount1,source=/mounted,target=/b,rw ' +
        '--mount=type=cache,id=p-x,target=/c,sharing=locked ["/bin/sh","-c","echo \\"$X\\"\\ncat <<EOF\\nEOF"]',
      '',
    ].join('\n'),
  );
});

test('a build names no manifest list, keeps no layers and asks no registry; secrets are places, not values', () => {
  const argv = podmanBuilder.build(store, {
    platform: 'linux/arm64',
    containerfile: '/c',
    context: '/e',
    iidfile: '/i',
    network: 'none',
    secrets: [
      { id: 'a', file: '/a' },
      { id: 'b', env: 'B' },
    ],
  });
  expect(argv.join(' ')).toBe(
    'podman --root /s/root --runroot run --tmpdir /s/root.libpod --storage-driver vfs build --platform linux/arm64 --layers=false --pull=never --force-rm ' +
      '--format oci --network none --secret id=a,src=/a --secret id=b,type=env,env=B --iidfile /i --file /c /e',
  );
});
