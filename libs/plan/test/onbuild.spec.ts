import { parseContainerfile } from '@prism-build/containerfile';
import { planImage, resolveReads } from '../src/index';

const platform = { os: 'linux', architecture: 'amd64' };

function plan(...lines: string[]) {
  const containerfile = parseContainerfile(`${lines.join('\n')}\n`, 'Containerfile');
  if (!containerfile.ok) throw new Error(JSON.stringify(containerfile.failures));
  const request = {
    ...{ containerfile: containerfile.value, context: '.', platforms: [platform] },
    ...{ buildPlatform: platform, buildArgs: {}, compression: 'none' as const },
  };
  return planImage(resolveReads(request), request);
}

const parent = ['FROM scratch AS parent', 'ONBUILD ENV A=1', 'ONBUILD COPY $A.txt /'];

test('triggers of a stage act in the stages that start from it, and only there', () => {
  const planned = plan(...parent, 'FROM parent AS child', 'ENV B=$A', 'FROM child', 'USER 2');
  if (!planned.ok) throw new Error(JSON.stringify(planned.failures));
  const [{ settings, stages }] = planned.value.platforms as [(typeof planned.value.platforms)[0]];
  expect(settings.env).toEqual([expect.stringMatching(/^PATH=/), 'A=1', 'B=1']);
  const copies = stages.map(({ steps }) => steps.flatMap((step) => (step.op === 'copy' ? step.sources : [])));
  expect(copies).toEqual([[], ['1.txt'], []]);
});

test('a stage that is only copied from keeps its triggers to itself', () => {
  expect(plan(...parent, 'FROM scratch', 'COPY --from=parent /x /x').ok).toBe(true);
});

test('an image cannot hand triggers on', () => {
  const planned = plan('FROM scratch AS first', 'FROM first', 'ONBUILD USER a');
  expect(planned.ok ? [] : planned.failures.map(({ code, at }) => `${at?.line} ${code}`)).toEqual([
    '3 ONBUILD_NOT_SUPPORTED',
  ]);
});
