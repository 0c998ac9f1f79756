import { parse } from 'yaml';
import { ci } from '../../../src/generate';
import { outcome, snapshot, treeOf } from './trees';

async function write(files: Record<string, string>, options: object) {
  const tree = treeOf(files);
  const { error, output } = await outcome(() => ci(tree, options));
  return { tree, error, output, read: (path: string) => tree.read(path, 'utf-8') ?? '' };
}

test('GitHub: three tiers, the base branch of nx.json, affected projects only', async () => {
  const { error, read, tree } = await write(
    { 'nx.json': '{ "defaultBase": "origin/trunk" }', 'go.work': '' },
    { provider: 'github', unit: 'test,lint', integration: 'e2e' },
  );
  expect(error).toBe('');
  const workflow = parse(read('.github/workflows/images.yml'));
  expect(workflow.on.push.branches).toEqual(['trunk']);
  const commands = (job: string) =>
    workflow.jobs[job].steps.flatMap((step: { run?: string }) => (step.run ? [step.run] : []));
  expect(commands('unit')).toEqual(['npm ci', 'npx nx affected -t test,lint']);
  expect(commands('images')).toContain('npx nx affected -t build-image');
  expect(commands('integration')).toEqual([
    'npm ci',
    'podman --version',
    'npx nx affected -t load-image',
    'npx nx affected -t e2e',
  ]);
  expect(commands('sizes')).toContain('npx nx affected -t bench --configuration=compare');
  expect(workflow.jobs.integration.needs).toEqual(['unit', 'images']);
  expect(JSON.stringify(workflow.jobs.images)).toContain('"go-version-file":"go.work"');
  expect(workflow.jobs.images.steps[0].with).toEqual({ 'fetch-depth': 0 });
  const before = snapshot(tree);
  expect((await outcome(() => ci(tree, { unit: 'test,lint' }))).output).toContain('nothing changed');
  expect(snapshot(tree)).toEqual(before);
  expect((await outcome(() => ci(tree, { node: '24' }))).error).toMatch(/images\.yml: FILE_DIFFERS/);
});

test('GitLab: the same tiers; a pipeline that is there includes ours', async () => {
  const { read } = await write({ 'pnpm-lock.yaml': '' }, { provider: 'gitlab', branch: 'main' });
  const pipeline = parse(read('.gitlab-ci.yml'));
  expect(pipeline.stages).toEqual(['unit', 'images', 'scan', 'integration']);
  expect(pipeline['.nx'].before_script.slice(0, 2)).toEqual([
    'corepack enable',
    'pnpm install --frozen-lockfile',
  ]);
  expect(pipeline.sizes.script.at(-1)).toBe(
    "PRISM_BENCH_AGAINST='/tmp/base/dist/images/{project}' pnpm exec nx affected -t bench --configuration=compare",
  );
  expect(pipeline.images.script.at(-1)).toBe('pnpm exec nx affected -t build-image');
  const beside = await write({ '.gitlab-ci.yml': 'stages: [x]\n' }, { provider: 'gitlab' });
  expect(beside.read('.gitlab-ci.yml')).toBe('stages: [x]\n');
  expect(parse(beside.read('.gitlab/images.yml')).stages).toEqual(pipeline.stages);
  expect(beside.output).toContain("include: [{ local: '/.gitlab/images.yml' }]");
});

test('govulncheck and its database are installed where a scan policy turns it on, and only there', async () => {
  const policy = (database: string) => JSON.stringify({ govulncheck: { database } });
  const files = {
    'nx.json': '{ "scan-policy": { "epss": 0.5 } }',
    'api/scan-policy.json': policy('.prism/cache/govulndb'),
    'web/project.json': `{ "name": "web", "scan-policy": ${policy('vulndb')} }`,
    'job/scan-policy.json': policy('/srv/vulndb'),
  };
  const options = { released: 'released.txt', project: 'api' };
  const { read } = await write(files, options);
  for (const path of ['images', 'rescan']) {
    const { jobs } = parse(read(`.github/workflows/${path}.yml`));
    const steps: { run?: string }[] = (jobs.scan ?? jobs.rescan).steps;
    const commands = steps.flatMap(({ run }) => run ?? []);
    const at = commands.indexOf('sh node_modules/prism/install-govulncheck');
    expect(at).toBeGreaterThan(0);
    expect(commands.slice(at + 1, at + 4)).toEqual([
      'curl -fsSL -o "$RUNNER_TEMP/vulndb.zip" https://vuln.go.dev/vulndb.zip',
      'unzip -qo -d .prism/cache/govulndb "$RUNNER_TEMP/vulndb.zip"',
      'unzip -qo -d vulndb "$RUNNER_TEMP/vulndb.zip"',
    ]);
    expect(commands[at + 4]).toMatch(/^npx nx (affected -t )?scan/);
  }
  const gitlab = await write(files, { provider: 'gitlab' });
  const { script } = parse(gitlab.read('.gitlab-ci.yml')).scan;
  expect(script.join('\n')).toMatch(
    /install-govulncheck\n.*vulndb\.zip\n(unzip .*\n){2}npx nx affected -t scan/,
  );
  const without = await write({ 'nx.json': '{}' }, options);
  for (const path of ['images', 'rescan'])
    expect(without.read(`.github/workflows/${path}.yml`)).not.toContain('govulncheck');
  const wrong = await write({ 'scan-policy.json': '{ "govulncheck": 3 }' }, {});
  expect(wrong.error).toMatch(/scan-policy\.json:1.*SCAN_POLICY_INVALID/);
});

test.each<[object, RegExp]>([
  [{ provider: 'jenkins' }, /OPTIONS_INVALID: option provider/],
  [{ unit: 'test; rm -rf /' }, /OPTIONS_INVALID: option unit/],
  [{ branch: 'a b' }, /OPTIONS_INVALID: option branch/],
])('%j is refused', async (options, message) => {
  expect((await write({}, options)).error).toMatch(message);
});
