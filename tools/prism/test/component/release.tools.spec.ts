import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describeWith, dockerRegistry, skopeo } from '../../../../test/support/needs';
import { repository } from '../../../../test/support/plugin';
import { makePushable, type Pushable } from '../../../../test/support/pushable';

/** The nx.json of the page. */
const page = readFileSync(join(repository, 'docs', 'pushing.md'), 'utf8');
const { release } = JSON.parse(/## nx release[\s\S]*?```json\n([\s\S]*?)```/.exec(page)![1]!);
const names = ['api', 'front', 'gate', 'worker'];

describeWith([skopeo, dockerRegistry], 'nx release', () => {
  let pushable: Pushable;
  let workspace: Pushable['workspace'];

  beforeAll(async () => {
    pushable = await makePushable({});
    workspace = pushable.workspace;
    const nxJson = JSON.parse(workspace.read('nx.json'));
    workspace.write('nx.json', JSON.stringify({ ...nxJson, release }));
    workspace.git('config', 'user.name', 't');
    workspace.git('config', 'user.email', 't@t');
    // Nx passes over the very first commit.
    commit('chore: begin');
    for (const name of names) {
      pushable.writeComponent(name, '99.0.0');
      rmSync(workspace.path(`svc/${name}/package.json`));
      // Equal images are scanned once.
      workspace.write(`svc/${name}/packages/text`, 'text');
    }
    commit('feat: four images');
  });
  afterAll(() => pushable?.stop());

  const commit = (message: string) => {
    workspace.git('add', '-A');
    workspace.git('commit', '-q', '-m', message);
  };
  const nx = async (...args: string[]) => {
    const ran = await workspace.nx(['release', ...args], pushable.env);
    return ran.status === 0 ? ran.output : `status ${ran.status}\n${ran.output}`;
  };
  /** The tags of all images with the digest that each names. */
  const tags = async () => {
    const { host, headers } = pushable.registry;
    const accept = { ...headers, accept: 'application/vnd.oci.image.index.v1+json' };
    const found: Record<string, string> = {};
    for (const name of names) {
      const place = `http://${host}/v2/team/${name}`;
      const answer = await fetch(`${place}/tags/list`, { headers });
      const listed = answer.ok ? ((await answer.json()) as { tags: string[] }).tags : [];
      for (const tag of listed) {
        const manifest = await fetch(`${place}/manifests/${tag}`, { headers: accept });
        found[`${name}:${tag}`] = manifest.headers.get('docker-content-digest')!;
      }
    }
    return found;
  };

  test('a first release, of all; a dry run of it pushes nothing', async () => {
    const dry = await nx('1.0.0', '--first-release', '--yes', '--dry-run');
    expect(dry).toContain('"repository": "team/worker"');
    expect(dry).toContain('"name": "1.0.0"');
    expect(await tags()).toEqual({});
    expect(workspace.git('tag')).toBe('');

    expect(await nx('1.0.0', '--first-release', '--yes')).not.toContain('status');
    expect(Object.keys(await tags())).toEqual(names.flatMap((name) => [`${name}:1.0.0`, `${name}:latest`]));
    expect(workspace.git('tag').split('\n')).toEqual(['api@1.0.0', 'stack-v1.0.0', 'worker@1.0.0', '']);
    expect(workspace.read('svc/api/CHANGELOG.md')).toContain('four images');
  });

  test('a commit to one component publishes its image; all other tags stay', async () => {
    const before = await tags();
    workspace.write('svc/api/packages/text', 'api, corrected');
    commit('fix(api): say so');
    expect(await nx('--yes')).toContain('worker has no new version');
    const after = await tags();
    const changed = Object.keys(after).filter((tag) => after[tag] !== before[tag]);
    expect(changed).toEqual(['api:1.0.1', 'api:latest']);
    expect(after['api:1.0.1']).toBe(after['api:latest']);
    expect(Object.keys(after)).toHaveLength(9);
  });

  test('published apart, from the tags of git: a fixed group as one, and only what this commit released', async () => {
    const before = await tags();
    workspace.write('svc/gate/packages/text', 'gate, with more');
    commit('feat(gate): more');
    expect(await nx('--skip-publish')).not.toContain('status');
    expect(await tags()).toEqual(before);
    // A filter makes Nx leave out what the target depends on.
    const one = await nx('publish', '--groups=stack');
    expect(one).toMatch(/team\/gate@sha256:\w+ {2}1\.1\.0, latest\n/);
    expect(await nx('publish')).toContain('(was there)');
    const after = await tags();
    const changed = Object.keys(after).filter((tag) => after[tag] !== before[tag]);
    expect(changed).toEqual(['front:1.1.0', 'gate:1.1.0', 'gate:latest']);
    expect(after['front:1.1.0']).toBe(after['front:1.0.0']);
  });

  test('a commit that nothing names is not published', async () => {
    const before = await tags();
    workspace.write('svc/api/packages/text', 'api, not released');
    commit('chore: later');
    const refused = await nx('publish', '--projects=api');
    expect(refused).toMatch(/^status 1[\s\S]*PUSH_RELEASE_UNKNOWN: no tag of git names the commit/);
    expect(await tags()).toEqual(before);
  });
});
