import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { writePlatforms, writeShellBase } from '../../../../test/support/busybox';
import { digestOf } from '../../../../test/support/components';
import { engineSettings } from '../../../../test/support/engineSettings';
import { hashOf, readImageFiles } from '../../../../test/support/imageFiles';
import { command, describeWith, type Need, root as needsRoot } from '../../../../test/support/needs';
import { repository } from '../../../../test/support/plugin';
import { makeWorkspace, type Workspace } from '../../../../test/support/workspace';

/** Nobody has this number; who it is and which numbers are its own is only known in the namespace of a command. */
const user = 54321;
const asUser = ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--clear-groups'];

const readable: Need = {
  what: 'a repository that other users may read',
  there: spawnSync(asUser[0]!, [...asUser.slice(1), 'cat', join(repository, 'package.json')]).status === 0,
  sandboxMayRefuse: true,
};
const namespaces: Need = {
  what: 'a kernel that lets ordinary users make namespaces',
  there: spawnSync(asUser[0]!, [...asUser.slice(1), 'unshare', '--user', 'true']).status === 0,
  sandboxMayRefuse: true,
};

/** Adds a line to a file of /etc for what comes behind it, and leaves the file of the machine as it is. */
const extend = (name: string, line: string) =>
  `touch /etc/${name}; { cat /etc/${name}; echo ${line}; } > "$0/${name}" && mount --bind "$0/${name}" /etc/${name}`;
const script = [
  extend('passwd', `builder:x:${user}:${user}::/:/bin/sh`),
  extend('group', `builder:x:${user}:`),
  extend('subuid', 'builder:1000000:65536'),
  extend('subgid', 'builder:1000000:65536'),
  `shift; exec ${asUser.join(' ')} "$@"`,
].join(' && ');

describeWith(
  [needsRoot, readable, namespaces, command('newuidmap', 'uidmap'), command('unshare', 'util-linux')],
  'an ordinary user',
  () => {
    let workspace: Workspace;
    let home: string;

    beforeAll(() => {
      workspace = makeWorkspace();
      home = fs.mkdtempSync(join(dirname(workspace.root), 'prism-home-'));
      writeShellBase(workspace);
      const plugin = dirname(fs.realpathSync(workspace.path('node_modules/prism')));
      for (const directory of [plugin, home]) fs.chmodSync(directory, 0o755);
    });
    afterAll(() => {
      workspace.remove();
      fs.rmSync(home, { recursive: true, force: true });
    });

    /** Nx as this user, whose Podman has a namespace, a store and a home of its own. */
    function nxAsUser(...args: string[]): string {
      for (const place of [workspace.root, home])
        spawnSync('chown', ['--recursive', '--no-dereference', `${user}:${user}`, place]);
      const settings = engineSettings.CONTAINERS_CONF ?? process.env.CONTAINERS_CONF;
      if (settings) fs.copyFileSync(settings, join(home, 'containers.conf'));
      const variables = {
        PATH: process.env.PATH,
        HOME: home,
        XDG_RUNTIME_DIR: home,
        ...(settings && { CONTAINERS_CONF: join(home, 'containers.conf') }),
        NX_CACHE_DIRECTORY: workspace.path('.nx/cache'),
        NX_WORKSPACE_DATA_DIRECTORY: workspace.path('.nx/data'),
        ...{ NX_DAEMON: 'false', NX_TUI: 'false', NX_ISOLATE_PLUGINS: 'false', CI: 'true' },
      };
      const nx = [process.execPath, workspace.path('node_modules/.bin/nx'), ...args];
      const ran = spawnSync(
        'unshare',
        ['--mount', '--propagation', 'private', 'sh', '-c', script, home, '--', ...nx],
        { cwd: workspace.root, encoding: 'utf8', env: variables },
      );
      if (ran.status !== 0) throw new Error(ran.stdout + ran.stderr);
      return ran.stdout;
    }

    test('runs commands without root, and the image is the one that root makes', async () => {
      workspace.write(
        'svc/run/Containerfile',
        [
          'FROM localhost/shell',
          'RUN --network=none id -u > /who && mkdir -m 1777 /shared && ln -s who /link',
          'COPY --chown=web note /home/web/',
          'USER web',
          'RUN --network=none --mount=type=cache,target=/cache,uid=7 echo "$(id -u):$(id -g)" > /shared/web; touch /cache/x',
          '',
        ].join('\n'),
      );
      workspace.write('svc/run/note', 'a note');
      writePlatforms(workspace, 'run');
      nxAsUser('materialize', 'run');
      const byUser = digestOf(workspace, 'run');
      const { fields } = await readImageFiles(workspace.path('dist/layouts/run'));
      expect(Object.fromEntries(fields)).toMatchObject({
        '/who content': hashOf('0\n'),
        '/who owner': '0:0',
        '/shared mode': '1777',
        '/shared/web content': hashOf('7:8\n'),
        '/shared/web owner': '7:8',
        '/home/web/note owner': '7:8',
      });
      const stores = fs.readdirSync(workspace.path('.prism/containers'));
      expect(stores).toEqual([`${user}-linux-amd64`]);

      for (const path of ['dist', '.prism', '.nx'])
        fs.rmSync(workspace.path(path), { recursive: true, force: true });
      const { status, output } = await workspace.nx(['build-image', 'run']);
      if (status !== 0) throw new Error(output);
      expect(digestOf(workspace, 'run')).toBe(byUser);
      expect(fs.readdirSync(workspace.path('.prism/containers'))).toEqual(['0-linux-amd64']);
    });
  },
);
