import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type CloneOptions, makeClone } from './clone';
import { type Component, root } from './workspace';

/**
 * A program in Rust and one in Go that exist only in clones. The proxy and the plugins take minutes from nothing, and
 * `digests.spec.ts` compares their digests with those recorded on other machines. The Rust program has a build script,
 * whose result a crate embeds; the Go program has a module of another author.
 */
export const smallRust: Component = {
  project: 'small-rust',
  directory: 'small-rust',
  binary: 'small',
  budget: 1e6,
  bases: ['base-static:build-image'],
};
export const smallGo: Component = {
  project: 'small-go',
  directory: 'small-go',
  binary: 'small',
  budget: 3e6,
  bases: ['base-static:build-image'],
};

const containerfile = (builder: string, compile: readonly string[]) =>
  `FROM localhost/prism/base-${builder} AS compile
WORKDIR /src
COPY . .
RUN ${JSON.stringify(compile)}

FROM scratch
COPY --from=localhost/prism/base-static /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=compile /out/small /small
ENV MADE=twice
USER 65532:65532
ENTRYPOINT ["/small"]
`;

/** In the version that a plugin has, so that it is fetched already. */
const fetchedModule = 'github.com/google/btree';
const sums = readFileSync(join(root, 'plugins/memstore/go.sum'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith(`${fetchedModule} `));

const files: Readonly<Record<string, string>> = {
  'small-rust/Containerfile': containerfile('rust-builder', ['compile-rust', '--package', 'small']),
  'small-rust/Cargo.toml':
    '[package]\nname = "small"\nversion = "0.1.0"\nedition = "2024"\n\n[dependencies]\nwords = { path = "words" }\n\n[workspace]\n',
  'small-rust/Cargo.lock':
    'version = 4\n\n[[package]]\nname = "small"\nversion = "0.1.0"\ndependencies = [\n "words",\n]\n\n[[package]]\nname = "words"\nversion = "0.1.0"\n',
  'small-rust/src/main.rs': 'fn main() {\n    println!("{}", words::WORDS.join(" ").to_uppercase());\n}\n',
  'small-rust/words/Cargo.toml': '[package]\nname = "words"\nversion = "0.1.0"\nedition = "2024"\n',
  'small-rust/words/src/lib.rs': 'include!(concat!(env!("OUT_DIR"), "/words.rs"));\n',
  'small-rust/words/build.rs': `fn main() {
    let out = std::path::PathBuf::from(std::env::var("OUT_DIR").unwrap());
    std::fs::write(out.join("words.rs"), "pub const WORDS: [&str; 2] = [\\"made\\", \\"twice\\"];").unwrap();
}
`,
  'small-go/Containerfile': containerfile('go-builder', ['compile-go', './cmd/small']),
  'small-go/go.mod': `module example.com/small\n\ngo 1.24\n\nrequire ${fetchedModule} ${sums[0]!.split(' ')[1]}\n`,
  'small-go/go.sum': `${sums.join('\n')}\n`,
  'small-go/cmd/small/main.go': `package main

import (
	"fmt"

	"github.com/google/btree"
)

var version = "own"

func main() {
	words := btree.NewOrderedG[string](2)
	words.ReplaceOrInsert("twice")
	words.ReplaceOrInsert("made")
	words.Ascend(func(word string) bool {
		fmt.Println(word, version)
		return true
	})
}
`,
  // A tag of the caller must not select it.
  'small-go/cmd/small/hostile.go':
    '//go:build hostile\n\npackage main\n\nfunc init() { version = "hostile" }\n',
};

/** A clone with both programs. */
export async function makeCloneWithSmall(name: string, options?: CloneOptions): Promise<string> {
  const clone = await makeClone(name, options);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(clone, file)), { recursive: true });
    writeFileSync(join(clone, file), text);
  }
  return clone;
}
