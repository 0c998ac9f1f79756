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

/** Components of different sources whose packages have one name, each a Cargo workspace of its own. */
function addEqual(target: Workspace, name: string, word: string): void {
  target.write(`svc/${name}/project.json`, JSON.stringify({ name }));
  target.write(`svc/${name}/Cargo.toml`, `${crate}[dependencies]\nword = { path = "word" }\n[workspace]\n`);
  const lock = '[[package]]\nname = "box"\nversion = "0.1.0"\ndependencies = [\n "word",\n]\n';
  target.write(
    `svc/${name}/Cargo.lock`,
    `version = 3\n\n${lock}\n[[package]]\nname = "word"\nversion = "0.1.0"\n`,
  );
  target.write(`svc/${name}/word/Cargo.toml`, crate.replace('box', 'word'));
  target.write(`svc/${name}/word/src/lib.rs`, sayOf(word));
  target.write(`svc/${name}/src/main.rs`, 'fn main() {\n    println!("{}", word::WORD);\n}\n');
  target.write(`svc/${name}/Containerfile`, `${stage}FROM scratch\nCOPY --from=compile /out/box /box\n`);
}
const sayOf = (word: string) => `pub const WORD: &str = "${word}";\n`;

const compile = () => workspace.nx(['compile', 'box', '--skip-nx-cache']);
const said = (project = 'box', of = workspace) =>
  spawnSync(of.path(`dist/compile/${project}/linux-${process.arch === 'x64' ? 'amd64' : 'arm64'}/box`), {
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

describe('packages of one name', () => {
  const names = ['same1', 'same2', 'same3', 'same4'];
  const clone = makeWorkspace();
  afterAll(() => clone.remove());

  test('each project gets its own program, through edits, in every order, and in clones that share a cache', async () => {
    const cache = workspace.path('shared');
    const run = async (of: Workspace, projects: readonly string[]) => {
      const done = await of.nx(['run-many', '-t', 'compile', '-p', projects.join(), '--skip-nx-cache'], {
        PRISM_CACHE_DIR: cache,
      });
      if (done.status !== 0) throw new Error(done.output);
      return projects.map((name) => said(name, of));
    };
    // Written first, and so older than what was compiled of the others.
    clone.write('nx.json', workspace.read('nx.json'));
    clone.write(pin, workspace.read(pin));
    addEqual(clone, 'same1', 'of the clone');
    for (const name of names) addEqual(workspace, name, name);
    expect(await run(workspace, names)).toEqual(names.map((name) => `${name}\n`));
    expect(await run(clone, ['same1'])).toEqual(['of the clone\n']);
    workspace.write('svc/same3/word/src/lib.rs', sayOf('edited'));
    expect(await run(workspace, ['same3', 'same1'])).toEqual(['edited\n', 'same1\n']);
    workspace.write('svc/same3/word/src/lib.rs', sayOf('same3'));
    expect(await run(workspace, ['same3'])).toEqual(['same3\n']);
    clone.write('svc/same1/word/src/lib.rs', sayOf('same1'));
    expect(await run(clone, ['same1'])).toEqual(['same1\n']);
  });
});
