import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { command, describeWith, root } from '../../../../test/e2e/support/needs';
import { removePlugin } from '../../../../test/support/plugin';
import { makeWorkspace, type Workspace } from '../../../../test/support/workspace';

const pin = 'containerfiles/rust-builder/pin.json';
const crate = '[package]\nname = "box"\nversion = "0.1.0"\nedition = "2021"\n';
const stage =
  'FROM localhost/p/base-rust-builder AS compile\nCOPY . .\nRUN ["compile-rust", "--package", "box"]\n';
const say = (word: string) => `fn main() {\n    println!("${word}");\n}\n`;

let workspace: Workspace;
beforeAll(() => {
  workspace = makeWorkspace();
  const plugin = { plugin: 'prism', options: { prefix: 'p' } };
  workspace.write('nx.json', JSON.stringify({ plugins: [plugin], analytics: false }));
  workspace.write(pin, fs.readFileSync(join(__dirname, '../../../..', pin)));
  workspace.write('svc/box/Cargo.toml', crate);
  workspace.write('svc/box/Cargo.lock', 'version = 3\n\n[[package]]\nname = "box"\nversion = "0.1.0"\n');
  workspace.write('svc/box/src/main.rs', say('one'));
  workspace.write('svc/box/Containerfile', `${stage}FROM scratch\nCOPY --from=compile /out/box /box\n`);
});
afterAll(() => {
  workspace.remove();
  removePlugin();
});

const compile = () => workspace.nx(['compile', 'box', '--skip-nx-cache']);
const said = () =>
  spawnSync(workspace.path(`dist/compile/box/linux-${process.arch === 'x64' ? 'amd64' : 'arm64'}/box`), {
    encoding: 'utf8',
  }).stdout;

/** Nx below which `/usr/bin/cargo` is another program; nobody else sees it. */
function compileBy(cargo: string) {
  workspace.write('cargo', cargo, 0o755);
  const script =
    'mount --bind cargo /usr/bin/cargo && exec "$0" node_modules/.bin/nx compile box --skip-nx-cache';
  const env = { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false', NO_COLOR: '1', FORCE_COLOR: '0' };
  const done = spawnSync('unshare', ['--mount', 'sh', '-c', script, process.execPath], {
    cwd: workspace.root,
    encoding: 'utf8',
    env,
  });
  return { status: done.status, output: done.stdout + done.stderr };
}

describeWith([root, command('unshare', 'util-linux')], 'cargo', () => {
  test('that says 0 and made nothing: what it made before does not pass for it', async () => {
    const first = await compile();
    if (first.status !== 0) throw new Error(first.output);
    expect(said()).toBe('one\n');
    workspace.write('svc/box/src/main.rs', say('two'));
    const { status, output } = compileBy('#!/bin/sh\nexit 0\n');
    expect(output).toContain('svc/box/Containerfile:3: COMPILE_MADE_NOTHING');
    expect(status).toBe(1);
    expect(said()).toBe('one\n');
    const last = await compile();
    if (last.status !== 0) throw new Error(last.output);
    expect(said()).toBe('two\n');
  });
});
