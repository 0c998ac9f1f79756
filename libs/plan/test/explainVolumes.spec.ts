import { parseContainerfile } from '@prism-build/containerfile';
import { explainVolumes, planImage, resolveReads } from '../src/index';

const platforms = ['amd64', 'arm64'].map((architecture) => ({ os: 'linux', architecture }));

/** The lines of the hints of a Containerfile whose first line is FROM scratch. */
function lines(...instructions: string[]): (number | undefined)[] {
  const containerfile = parseContainerfile(['FROM scratch', ...instructions].join('\n'), 'F');
  if (!containerfile.ok) throw new Error(JSON.stringify(containerfile.failures));
  const request = {
    ...{ containerfile: containerfile.value, context: '.', platforms, buildPlatform: platforms[0]! },
    ...{ buildArgs: {}, compression: 'none' as const },
  };
  const plan = planImage(resolveReads(request), request);
  if (!plan.ok) throw new Error(JSON.stringify(plan.failures));
  return explainVolumes(plan.value).map(({ at }) => at.line);
}

test('what writes into a VOLUME that stands above it is said once, for all platforms', () => {
  expect(lines('VOLUME /data', 'RUN echo > /data/x', 'COPY a /data/', 'ADD a /data')).toEqual([3, 4, 5]);
  expect(lines('VOLUME ["/data/", "/log"]', 'WORKDIR /data/sub', 'RUN touch x', 'COPY a .')).toEqual([4, 5]);
});

test('other places, and what stands above, are no matter', () => {
  expect(lines('RUN touch /data/x', 'COPY a /data/', 'VOLUME /data')).toEqual([]);
  expect(lines('VOLUME /data', 'RUN echo > /database', 'COPY a /dat', 'RUN ls /var/data /data-x')).toEqual(
    [],
  );
});
