import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { command, describeWith, root } from '../../../../test/support/needs';
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

const vendoredCrate = (word: string) =>
  `pub const WORD: &str = "${word}";\npub fn panic_at(n: usize) { assert!(n < 9, "at {n}"); }\n`;

/** Small crates, each with something that its Rust sources do not show. */
const strangerCrates = {
  names: [
    'toolchain',
    'linker',
    'named',
    'flags',
    'vendored',
    'macro',
    'narrow',
    'stamped',
    'native',
    'plus',
  ],
  amd64: `linux/${process.arch === 'x64' ? 'amd64' : 'arm64'}`,
  locked: (name: string) => {
    const needs = { vendored: 'tiny', macro: 'page' }[name];
    const one = `[[package]]\nname = "box"\nversion = "0.1.0"\n${needs ? `dependencies = [\n "${needs}",\n]\n` : ''}`;
    const source = 'source = "registry+https://github.com/rust-lang/crates.io-index"\n';
    const checksum = `checksum = "${'0'.repeat(64)}"\n`;
    const other = {
      tiny: `\n[[package]]\nname = "tiny"\nversion = "1.0.0"\n${source}${checksum}`,
      page: '\n[[package]]\nname = "page"\nversion = "0.1.0"\n',
    }[needs ?? ''];
    return `version = 4\n\n${one}${other ?? ''}`;
  },
  files: {
    ...Object.fromEntries(
      ['toolchain', 'linker', 'named', 'flags', 'narrow', 'stamped', 'native', 'plus'].map((name) => [
        `${name}/Cargo.toml`,
        `${crate}[workspace]\n`,
      ]),
    ),
    'toolchain/rust-toolchain.toml': '[toolchain]\nchannel = "1.85.0"\n',
    'toolchain/src/main.rs': say('no'),
    'linker/.cargo/config.toml': '[build]\nrustc-wrapper = "sccache"\n',
    'linker/src/main.rs': say('no'),
    // A path of the machine that compiles, as a value.
    'named/src/main.rs': 'fn main() {\n    println!("{}", env!("CARGO_MANIFEST_DIR"));\n}\n',
    'flags/.cargo/config.toml':
      "[build]\nrustflags = ['--cfg', 'stage']\n[target.'cfg(unix)']\nrustflags = ['--cfg', 'wide', '--cfg', 'stage']\n",
    'flags/src/main.rs': 'fn main() {\n    println!("wide={} stage={}", cfg!(wide), cfg!(stage));\n}\n',
    'vendored/.cargo/config.toml':
      '[source.crates-io]\nreplace-with = "v"\n[source.v]\ndirectory = "vendor"\n',
    'vendored/Cargo.toml': `${crate}[dependencies]\ntiny = "1"\n[workspace]\n`,
    // A message of a panic names the file of a vendored crate by its whole path.
    'vendored/src/main.rs':
      'fn main() {\n    println!("{}", tiny::WORD);\n    tiny::panic_at(std::env::args().count());\n}\n',
    'vendored/vendor/tiny/Cargo.toml': '[package]\nname = "tiny"\nversion = "1.0.0"\n',
    'vendored/vendor/tiny/.cargo-checksum.json': `{"files":{},"package":"${'0'.repeat(64)}"}`,
    'vendored/vendor/tiny/src/lib.rs': vendoredCrate('vendored'),
    'macro/Cargo.toml': `${crate}[dependencies]\npage = { path = "page" }\n[workspace]\n`,
    'macro/src/main.rs': 'fn main() {\n    println!("{}", page::page!());\n}\n',
    'macro/views/page': 'one',
    'macro/page/Cargo.toml': `${crate.replace('box', 'page')}[lib]\nproc-macro = true\n`,
    'macro/page/src/lib.rs': `use std::{env, fs, path::PathBuf};
#[proc_macro]
pub fn page(_: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").unwrap());
    format!("{:?}", fs::read_to_string(root.join(["vi", "ews/page"].concat())).unwrap()).parse().unwrap()
}
`,
    // The build script hides what it reads, which lies beside the crate.
    'narrow/Cargo.toml': `[workspace]\nmembers = ["app"]\n`,
    'narrow/app/Cargo.toml': crate,
    'narrow/app/build.rs': `fn main() {
    let up = String::from_utf8(vec![46, 46]).unwrap();
    let text = std::fs::read_to_string(format!("{up}/{}/page", ["data", "views"].join("/"))).unwrap();
    println!("cargo:rerun-if-changed=build.rs\\ncargo:rustc-env=PAGE={text}");
}
`,
    'narrow/app/src/main.rs': 'fn main() {\n    println!("{}", env!("PAGE"));\n}\n',
    'narrow/data/views/page': 'one',
    // What the crate cc does, by the variables that it reads.
    'native/build.rs': `use std::{env, path::Path, process::Command};
fn run(tool: &str, arguments: &[&str]) {
    let target = env::var("TARGET").unwrap().replace('-', "_");
    let program = env::var(format!("{tool}_{target}")).unwrap();
    let flags = env::var(format!("{tool}FLAGS_{target}").replace("CCF", "CF")).unwrap_or_default();
    let flags = flags.split_whitespace().filter(|_| tool == "CC");
    assert!(Command::new(program).args(arguments).args(flags).status().unwrap().success());
}
fn main() {
    let out = env::var("OUT_DIR").unwrap();
    let path = |name: &str| Path::new(&out).join(name).to_str().unwrap().to_owned();
    run("CC", &["-O1", "-c", "word.c", "-o", &path("word.o")]);
    run("AR", &["crsD", &path("libword.a"), &path("word.o")]);
    println!("cargo:rustc-link-search=native={out}\\ncargo:rustc-link-lib=static=word");
    println!("cargo:rerun-if-changed=word.c");
}
`,
    'native/word.c': 'int word(void) { return WORD; }\n',
    'native/src/main.rs':
      'unsafe extern "C" {\n    fn word() -> i32;\n}\nfn main() {\n    println!("{}", unsafe { word() });\n}\n',
    'plus/build.rs':
      'fn main() {\n    let program = std::env::var("CXX").unwrap();\n    assert!(std::process::Command::new(&program).status().is_ok(), "failed to find tool \\"{program}\\"");\n}\n',
    'plus/src/main.rs': say('no'),
    'stamped/src/main.rs': 'fn main() {\n    println!("{}", env!("VERSION"));\n}\n',
  },
};

/** The crates that a program says it is made of, as readers of `.dep-v0` find them. */
function crates(program: string): string[] {
  const section = join(workspace.path('.'), 'section');
  execFileSync('objcopy', [
    '-O',
    'binary',
    '--only-section=.dep-v0',
    '--set-section-flags=.dep-v0=alloc',
    program,
    section,
  ]);
  const { packages } = JSON.parse(inflateSync(fs.readFileSync(section)).toString());
  return packages.map(({ name, version, source, root: isRoot }: Record<string, string>) =>
    [name, version, source, ...(isRoot ? ['root'] : [])].join(' '),
  );
}

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

describe('what strangers bring', () => {
  const strangers = makeWorkspace();
  afterAll(() => strangers.remove());
  const { amd64, locked } = strangerCrates;

  test('is in force, in the key, or refused by name', async () => {
    strangers.write('nx.json', workspace.read('nx.json'));
    strangers.write(pin, workspace.read(pin));
    for (const [path, text] of Object.entries(strangerCrates.files)) strangers.write(`svc/${path}`, text);
    for (const name of strangerCrates.names) {
      strangers.write(`svc/${name}/project.json`, JSON.stringify({ name }));
      strangers.write(`svc/${name}/Cargo.lock`, locked(name));
      const own = stage.replace('COPY', 'ARG VERSION=v1\nENV CFLAGS=-DWORD=7\nCOPY');
      strangers.write(`svc/${name}/Containerfile`, `${own}FROM scratch\nCOPY --from=compile /out/box /box\n`);
    }
    const run = (...names: string[]) =>
      strangers.nx(['run-many', '-t', 'compile', '-p', names.join(), `--platforms=${amd64}`], {
        PRISM_CACHE_DIR: workspace.path('shared'),
      });
    const refused = await run('toolchain', 'linker', 'named');
    expect(refused.status).toBe(1);
    expect(refused.output).toMatch(
      /svc\/toolchain\/rust-toolchain\.toml:2: TOOLCHAIN_DIFFERS: this file asks for Rust 1\.85\.0, and the builder is pinned to 1\.\d+\.0/,
    );
    expect(refused.output).toMatch(
      /svc\/linker\/\.cargo\/config\.toml:2: SETTING_NOT_HONOURED: .*build\.rustc-wrapper/,
    );
    expect(refused.output).toMatch(
      /svc\/named\/src\/main\.rs:2: PATH_IN_PROGRAM: \/out\/box contains the path \/\S+\/\.prism\/work\/named\/source/,
    );
    // A C++ compiler of the machine is not used: the builder has none.
    const missing = await run('plus');
    expect(missing.output).toMatch(
      /TOOLCHAIN_MISSING: a build script needs a C\+\+ compiler, which the pinned/,
    );
    const first = await run('flags', 'vendored', 'macro', 'narrow', 'stamped', 'native');
    if (first.status !== 0) throw new Error(first.output);
    expect(
      ['flags', 'vendored', 'macro', 'narrow', 'stamped', 'native'].map((name) => said(name, strangers)),
    ).toEqual(['wide=true stage=true\n', 'vendored\n', 'one\n', 'one\n', 'v1\n', '7\n']);
    expect(crates(strangers.path(`dist/compile/vendored/${amd64.replace('/', '-')}/box`))).toEqual([
      'box 0.1.0 local root',
      'tiny 1.0.0 crates.io',
    ]);
    // What a macro is made of is not in the program.
    expect(crates(strangers.path(`dist/compile/macro/${amd64.replace('/', '-')}/box`))).toEqual([
      'box 0.1.0 local root',
    ]);
    const vendored = fs.readFileSync(
      strangers.path(`dist/compile/vendored/${amd64.replace('/', '-')}/box`),
      'latin1',
    );
    expect(vendored).toContain('/vendor/tiny/src/lib.rs');
    expect(vendored).not.toContain(strangers.root);
    // What no source shows is said once, and written for the next key.
    expect(
      first.output.match(/narrow: not cached: compile reads files of the context .*: data\/views\/page$/gm),
    ).toHaveLength(1);
    expect(JSON.parse(strangers.read('svc/narrow/project.json')).targets.compile.options).toEqual({
      alsoReads: ['data'],
    });
    const second = await run('narrow', 'macro');
    expect(second.output).not.toContain('not cached');
    const third = await run('narrow', 'macro');
    expect(third.output).toMatch(
      /read the output from the cache instead of running the command for 2 out of 2 tasks/,
    );
    strangers.write('svc/narrow/data/views/page', 'two');
    strangers.write('svc/macro/views/page', 'two');
    strangers.write('svc/vendored/vendor/tiny/src/lib.rs', vendoredCrate('edited'));
    // A version is stamped into the program that reads it, and enters no other's digest.
    const stamp = { targets: { 'build-image': { options: { buildArgs: { VERSION: 'v2' } } } } };
    for (const name of ['stamped', 'flags'])
      strangers.write(`svc/${name}/project.json`, JSON.stringify({ name, ...stamp }));
    const unstamped = strangers.read('dist/compile/flags/compile.json');
    const fourth = await run('narrow', 'macro', 'vendored', 'stamped', 'flags');
    if (fourth.status !== 0) throw new Error(fourth.output);
    expect(strangers.read('dist/compile/flags/compile.json')).toBe(unstamped);
    expect(['narrow', 'macro', 'vendored', 'stamped'].map((name) => said(name, strangers))).toEqual([
      'two\n',
      'two\n',
      'edited\n',
      'v2\n',
    ]);
  });
});
