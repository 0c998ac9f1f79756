/** Stands where a mutation may change a value without breaking a file. */
export const seedWord = 'seed-000000';

const go = (name: string, ...imports: string[]) =>
  `package ${name}\n\nimport (\n${imports.map((path) => `\t${path}\n`).join('')})\n`;
const library = (name: string) =>
  `package ${name}\n\n// Word is not inlined away.\nvar Word = "${seedWord}"\n`;
const goStage = (working: string, copies: readonly string[], ...argv: string[]) =>
  `FROM localhost/p/base-go-builder AS compile\nWORKDIR /src/${working}\n${copies.map((line) => `COPY ${line}\n`).join('')}RUN ${JSON.stringify(['compile-go', ...argv])}\n\nFROM scratch\nCOPY --from=compile /out /\n`;
const rustStage = (copies: readonly string[], name: string) =>
  `FROM localhost/p/base-rust-builder AS compile\nWORKDIR /src\n${copies.map((line) => `COPY ${line}\n`).join('')}RUN ["compile-rust", "--package", "${name}"]\n\nFROM scratch\nCOPY --from=compile /out /\n`;
const pythonStage = (...argv: string[]) =>
  `FROM localhost/p/base-python-builder AS compile\nWORKDIR /src\nCOPY . .\nRUN ${JSON.stringify(['compile-python', ...argv])}\n\nFROM scratch\nCOPY --from=compile /out /\n`;
const rootContext = JSON.stringify({ targets: { 'build-image': { options: { context: '.' } } } });
const crate = (name: string, more = '') =>
  `[package]\nname = "${name}"\nversion = "0.1.0"\nedition = "2021"\n${more}`;
const work = ['go.work /src/', 'go /src/go', 'svc /src/svc'];

/** A dozen components with what a monorepo of several languages has, and with what none of them reads. */
export const repository: Readonly<Record<string, string>> = {
  'README.md': seedWord,
  'go.work': 'go 1.25\n\nuse (\n\t./go/shared\n\t./svc/work-a\n\t./svc/work-b\n)\n',

  // Packages of a shared module, of which each component uses some.
  'go/shared/go.mod': 'module example.com/shared\n\ngo 1.25\n',
  'go/shared/README.md': seedWord,
  'go/shared/text/text.go': `${library('text')}\nfunc Where() string { return where }\n`,
  'go/shared/text/where_linux.go': `package text\n\nvar where = "${seedWord}"\n`,
  'go/shared/text/where_windows.go': `package text\n\nvar where = "${seedWord}"\n`,
  'go/shared/text/where_windows_amd64.go': `package text\n\nvar where = "${seedWord}"\n`,
  'go/shared/text/where_linux_riscv64.go': `package text\n\nfunc init() { where = "${seedWord}" }\n`,
  'go/shared/text/text_test.go': `package text\n\n// ${seedWord}\n`,
  'go/shared/text/notes.txt': seedWord,
  'go/shared/fast/fast.go': 'package fast\n\nfunc Add(a, b int64) int64\n',
  'go/shared/fast/fast_amd64.s':
    '#include "textflag.h"\n#include "sizes.h"\n\nTEXT ·Add(SB), NOSPLIT, $0-24\n\tMOVQ a+0(FP), AX\n\tADDQ b+8(FP), AX\n\tADDQ $EXTRA, AX\n\tMOVQ AX, ret+16(FP)\n\tRET\n',
  'go/shared/fast/sizes.h': '#define EXTRA 1\n',
  'go/shared/unused/unused.go': library('unused'),
  'go/shared/generate/main.go': `//go:build ignore\n\n${go('main', '"example.com/shared/unused"')}\nfunc main() { println(unused.Word) }\n`,
  'go/shared/generate/made.go': library('generate'),

  'svc/work-a/Containerfile': goStage('svc/work-a', work, './cmd/work-a'),
  'svc/work-a/project.json': rootContext,
  'svc/work-a/go.mod': 'module example.com/work-a\r\n\r\ngo 1.25\r\n',
  'svc/work-a/cmd/work-a/main.go': `${go('main', '"os"', '"example.com/shared/text"', '. "example.com/shared/generate"')}\nfunc main() { os.Stdout.WriteString(text.Word + text.Where() + Word) }\n`,
  'svc/work-a/cmd/other/main.go': `package main\n\nfunc main() { println("${seedWord}") }\n`,

  'svc/work-b/Containerfile': goStage('svc/work-b', work, './cmd/work-b'),
  'svc/work-b/project.json': rootContext,
  'svc/work-b/go.mod': 'module example.com/work-b\n\ngo 1.25\n',
  'svc/work-b/cmd/work-b/main.go': `package main; import "example.com/shared/fast"; func main() { println(fast.Add(1, 2), "${seedWord}") }\n`,

  // A module that is replaced, with a package that nobody imports; and one that is replaced and not used.
  'go/replaced/go.mod': 'module example.com/replaced\n\ngo 1.25\n',
  'go/replaced/used/used.go': library('used'),
  'go/replaced/unused/unused.go': library('unused'),
  'svc/replace-c/Containerfile': goStage(
    'svc/replace-c',
    ['go/replaced /src/go/replaced', 'svc/replace-c /src/svc/replace-c'],
    './cmd/replace-c',
  ),
  'svc/replace-c/project.json': rootContext,
  'svc/replace-c/go.mod':
    'module example.com/replace-c\n\ngo 1.25\n\nrequire example.com/replaced v0.0.0\n\nreplace example.com/replaced => ../../go/replaced\n',
  'svc/replace-c/cmd/replace-c/main.go': `${go('main', 'used "example.com/replaced/used"', '"example.com/replace-c/internal/deep"')}\nfunc main() { println(used.Word, deep.Word) }\n`,
  'svc/replace-c/internal/deep/deep.go': library('deep'),
  'svc/replace-c/internal/alone/alone.go': library('alone'),

  'svc/vendor-d/Containerfile': goStage('', ['. .'], './cmd/vendor-d'),
  'svc/vendor-d/go.mod': 'module example.com/vendor-d\n\ngo 1.25\n\nrequire example.org/dep v1.2.3\n',
  'svc/vendor-d/vendor/modules.txt':
    '# example.org/dep v1.2.3\n## explicit; go 1.25\nexample.org/dep\nexample.org/dep/more\n',
  'svc/vendor-d/vendor/example.org/dep/dep.go': library('dep'),
  'svc/vendor-d/vendor/example.org/dep/LICENSE': seedWord,
  'svc/vendor-d/vendor/example.org/dep/more/more.go': library('more'),
  'svc/vendor-d/cmd/vendor-d/main.go': `${go('main', '"example.org/dep"')}\nfunc main() { println(dep.Word) }\n`,

  'svc/embed-e/Containerfile': goStage(
    '',
    ['go.* ./', '*.go ./', 'static static', 'pages pages', 'notes notes'],
    '.',
  ),
  'svc/embed-e/go.mod': 'module example.com/embed-e\n\ngo 1.25\n',
  'svc/embed-e/main.go': `${go('main', '"embed"', '"os"')}\n//go:embed static "pages/*.html"\nvar files embed.FS\n\nvar (\n\t//go:embed static/deep/a.txt\n\ttext string\n)\n\nfunc main() {\n\tdata, _ := files.ReadFile("pages/one.html")\n\tos.Stdout.WriteString(string(data) + text)\n}\n`,
  'svc/embed-e/static/deep/a.txt': seedWord,
  'svc/embed-e/static/.hidden': seedWord,
  'svc/embed-e/static/app_windows.go': seedWord,
  'svc/embed-e/pages/one.html': seedWord,
  'svc/embed-e/pages/two.md': seedWord,
  'svc/embed-e/notes/a.txt': seedWord,

  'svc/tags-f/Containerfile': goStage('', ['. .'], '-tags=extra', './cmd/tags-f'),
  'svc/tags-f/.containerignore': 'hidden\n',
  'svc/tags-f/go.mod': 'module example.com/tags-f\n\ngo 1.25\n',
  'svc/tags-f/hidden/a.go': library('hidden'),
  'svc/tags-f/cmd/tags-f/main.go': `package main\n\nvar word = "${seedWord}"\n\nfunc main() { println(word) }\n`,
  'svc/tags-f/cmd/tags-f/extra.go': `//go:build extra && (linux || windows)\n\n${go('main', '"example.com/tags-f/with"')}\nfunc init() { word = with.Word }\n`,
  'svc/tags-f/cmd/tags-f/plain.go': `//go:build !extra\n\n${go('main', '"example.com/tags-f/without"')}\nfunc init() { word = without.Word }\n`,
  'svc/tags-f/cmd/tags-f/c.go': `${go('main', '"C"', '"example.com/tags-f/without"')}\nvar _ = without.Word\n`,
  'svc/tags-f/with/with.go': library('with'),
  'svc/tags-f/without/without.go': library('without'),

  // A Cargo workspace: a program with a library, one with a build script, and a member that nobody uses.
  'rust/Cargo.toml':
    '[workspace]\nresolver = "2"\nmembers = ["app-*", "shared", "apart"]\n\n[workspace.dependencies]\nshared = { path = "shared" }\n\n[profile.release]\ndebug = false\nincremental = false\n',
  'rust/Cargo.lock':
    'version = 4\n\n[[package]]\nname = "apart"\nversion = "0.1.0"\n\n[[package]]\nname = "app-g"\nversion = "0.1.0"\ndependencies = [\n "apart",\n "shared",\n]\n\n[[package]]\nname = "app-h"\nversion = "0.1.0"\n\n[[package]]\nname = "shared"\nversion = "0.1.0"\n',
  'rust/.cargo/config.toml': '[build]\nrustflags = []\n',
  'rust/README.md': seedWord,
  'rust/shared/Cargo.toml': crate('shared'),
  'rust/shared/src/lib.rs': `pub mod inner;\npub const WORD: &str = include_str!("../data/word.txt");\n`,
  'rust/shared/src/inner.rs': `pub fn word() -> &'static str {\n    "${seedWord}"\n}\n`,
  'rust/shared/data/word.txt': seedWord,
  'rust/shared/data/other.txt': seedWord,
  'rust/shared/tests/one.rs': `#[test]\nfn one() { assert_eq!("${seedWord}", "x") }\n`,
  'rust/apart/Cargo.toml': crate('apart', '\n[[example]]\nname = "shown"\n'),
  'rust/apart/src/lib.rs': `pub const WORD: &str = "${seedWord}";\n`,
  'rust/apart/examples/shown.rs': `fn main() { println!("${seedWord}") }\n`,
  'rust/app-g/Containerfile': rustStage(['rust .'], 'app-g'),
  'rust/app-g/project.json': rootContext,
  'rust/app-g/Cargo.toml': crate(
    'app-g',
    '\n[dependencies]\nshared.workspace = true\n\n[dev-dependencies]\napart = { path = "../apart" }\n',
  ),
  'rust/app-g/README.md': seedWord,
  'rust/app-g/src/main.rs': `#[path = "other.rs"]\nmod renamed;\nfn main() {\n    println!("{}{}{}", shared::WORD, shared::inner::word(), renamed::WORD);\n}\n`,
  'rust/app-g/src/other.rs': `pub const WORD: &str = "${seedWord}";\n`,
  'rust/app-g/src/bin/other.rs': `fn main() {\n    println!("${seedWord}");\n}\n`,
  'rust/app-h/Containerfile': rustStage(['rust .'], 'app-h'),
  'rust/app-h/project.json': rootContext,
  'rust/app-h/Cargo.toml': crate('app-h'),
  'rust/app-h/build.rs':
    'fn main() {\n    println!("cargo::rerun-if-changed=words");\n    let word = std::fs::read_to_string("words/one.txt").unwrap();\n    let out = std::env::var("OUT_DIR").unwrap();\n    std::fs::write(format!("{out}/made.rs"), format!("const WORD: &str = {word:?};")).unwrap();\n}\n',
  'rust/app-h/words/one.txt': seedWord,
  'rust/app-h/src/main.rs':
    'include!(concat!(env!("OUT_DIR"), "/made.rs"));\nfn main() {\n    println!("{WORD}");\n}\n',

  // A crate alone, whose module lies elsewhere.
  'single/Containerfile': rustStage(['. .'], 'single')
    .replace('WORKDIR /src\n', 'WORKDIR /src/crate\n')
    .replace('COPY . .', 'COPY . /src'),
  'single/crate/Cargo.toml': `${crate('single')}\n[workspace]\n`,
  'single/crate/Cargo.lock': 'version = 4\n\n[[package]]\nname = "single"\nversion = "0.1.0"\n',
  'single/crate/src/main.rs':
    '#[path = "../../made/words.rs"]\nmod words;\nfn main() {\n    println!("{}{}", words::WORD, include_str!("../../made/text"));\n}\n',
  'single/made/words.rs': `pub const WORD: &str = "${seedWord}";\n`,
  'single/made/text': seedWord,
  'single/notes/text': seedWord,

  'svc/python-j/Containerfile': pythonStage('--requirements=requirements.lock', 'app'),
  'svc/python-j/requirements.lock': '# nothing\n',
  'svc/python-j/requirements.in': `# ${seedWord}\n`,
  'svc/python-j/app/__init__.py': `WORD = "${seedWord}"\n`,
  'svc/python-j/app/page.html': seedWord,
  'svc/python-j/app/__pycache__/x.cpython-311.pyc': seedWord,
  'svc/python-j/tests/test_app.py': `# ${seedWord}\n`,
  'svc/python-k/Containerfile': pythonStage('main.py', 'lib'),
  'svc/python-k/main.py': `print("${seedWord}")\n`,
  'svc/python-k/lib/words.py': `WORD = "${seedWord}"\n`,
  'svc/python-k/extra/words.py': `WORD = "${seedWord}"\n`,

  // Behind a link nobody looks: the key is what COPY takes.
  'svc/links-l/Containerfile': goStage('', ['. .'], './cmd/links-l'),
  'svc/links-l/go.mod': 'module example.com/links-l\n\ngo 1.25\n',
  'svc/links-l/cmd/links-l/main.go': `${go('main', '"example.com/links-l/linked"')}\nfunc main() { println(linked.Word) }\n`,
  'svc/links-l/real/linked.go': library('linked'),
  'svc/links-l/linked': '-> real',
};
