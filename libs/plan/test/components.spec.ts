import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseContainerfile } from '@prism-build/containerfile';
import { type PlanRequest, planCompile, planImage } from '../src/index';

const workspace = join(__dirname, '../../..');
const platforms = ['amd64', 'arm64'].map((architecture) => ({ os: 'linux', architecture }));

function request(file: string): PlanRequest {
  const containerfile = parseContainerfile(readFileSync(join(workspace, file), 'utf8'), file);
  if (!containerfile.ok) throw new Error(JSON.stringify(containerfile.failures));
  return {
    containerfile: containerfile.value,
    context: '.',
    platforms,
    buildPlatform: platforms[0]!,
    buildArgs: {},
    compression: 'zstd',
  };
}

/** A plan is a contract: what changes here changes what is built, or the form that others read. */
describe.each(['plugins/memstore', 'plugins/postgres', 'proxy'])('%s', (component) => {
  const planned = request(`${component}/Containerfile`);

  test('image plan', () => {
    expect(JSON.stringify(planImage(planned), undefined, 2)).toMatchSnapshot();
  });

  test('compile plan', () => {
    expect(JSON.stringify(planCompile(planned), undefined, 2)).toMatchSnapshot();
  });

  test('equal requests give equal plans, and plans are JSON', () => {
    const plan = planImage(request(`${component}/Containerfile`));
    expect(plan).toEqual(planImage(planned));
    expect(JSON.parse(JSON.stringify(plan))).toEqual(JSON.parse(JSON.stringify(planImage(planned))));
  });
});
