import { encodeImagesLock } from '@prism-build/registry';

const host = `linux/${process.arch === 'x64' ? 'amd64' : process.arch}`;
const project = (options: object) => JSON.stringify({ targets: { 'build-image': { options } } });
// One platform where a compiler must run: a second one would only take longer.
const compiled = (context: string) => project({ context, platforms: [host] });
const go = (name: string) => `FROM localhost/acme/base-go-builder AS compile
WORKDIR /src/svc/${name}
COPY libs/greet /src/libs/greet
COPY svc/${name} /src/svc/${name}
RUN ["compile-go", "./cmd/${name}"]

FROM localhost/acme/base-runtime
COPY --from=compile /out/${name} /${name}
ENTRYPOINT ["/${name}"]
`;
const goModule = (name: string) =>
  `module acme.test/${name}\n\ngo 1.26\n\nrequire acme.test/greet v0.0.0\n\nreplace acme.test/greet => ../../libs/greet\n`;

/** A registry image that is never fetched: the lock has everything that a digest depends on. */
const vendorName = '127.0.0.1:9/vendor/cache:1';
export function vendorLock(version: string): string {
  const digest = (of: string) =>
    `sha256:${Buffer.from(`${of}${version}`).toString('hex').padEnd(64, '0')}` as const;
  const mediaType = (kind: string) => `application/vnd.oci.image.${kind}`;
  const platform = (name: string) => ({
    manifest: { mediaType: mediaType('manifest.v1+json'), digest: digest(`m${name}`), size: 400 },
    config: { mediaType: mediaType('config.v1+json'), digest: digest(`c${name}`), size: 200 },
    layers: [
      {
        mediaType: mediaType('layer.v1.tar+gzip'),
        digest: digest(`l${name}`),
        diffID: digest(`d${name}`),
        size: 100,
        uncompressedSize: 2048,
      },
    ],
    settings: { env: [`VERSION=${version}`], cmd: ['/cache'] },
    history: [{ createdBy: 'ADD file' }],
  });
  const platforms = { 'linux/amd64': platform('amd64'), 'linux/arm64': platform('arm64') };
  return encodeImagesLock({ version: 1, images: { [vendorName]: { digest: digest('i'), platforms } } });
}

/** The content of nx.json, with `more` added. */
export const nxJson = (more: object = {}): string =>
  JSON.stringify({
    analytics: false,
    plugins: [{ plugin: 'prism', options: { prefix: 'acme' } }],
    // Without this, Nx 23 selects everything whenever the lockfile changes.
    pluginsConfig: { '@nx/js': { projectsAffectedByDependencyUpdates: 'auto' } },
    ...more,
  });

/** Everything that a compiler could read, whatever its closure contains; the plugin itself is included. */
export const compiledPlaces = [
  '.containerignore',
  'nx.json',
  'package.json',
  'libs/greet',
  'rust',
  'svc/api',
  'svc/job',
  'svc/report',
];

/** Small images of every kind: bases, images on them, shared sources, compiled ones, several in a directory. */
export const historyFiles: Readonly<Record<string, string>> = {
  'nx.json': nxJson(),
  '.gitignore': 'node_modules\ndist\n.nx\n.prism\n',
  '.containerignore': '**/*.md\n**/testdata\n',

  'containerfiles/runtime/Containerfile': 'FROM scratch\nCOPY etc /etc\nENV LANG=C.UTF-8\n',
  'containerfiles/runtime/etc/passwd': 'web:x:7:8::/:\n',
  'containerfiles/tools/Containerfile': 'FROM localhost/acme/base-runtime\nCOPY bin /bin\n',
  'containerfiles/tools/bin/greet': '#!/bin/sh\necho hello\n',

  // Two programs use different parts of one library.
  'libs/greet/go.mod': 'module acme.test/greet\n\ngo 1.26\n',
  'libs/greet/greet.go': 'package greet\n\nvar Word = "hello"\n',
  'libs/greet/times/times.go': 'package times\n\nvar Word = "noon"\n',
  'svc/api/Containerfile': go('api'),
  'svc/api/project.json': compiled('.'),
  'svc/api/go.mod': goModule('api'),
  'svc/api/cmd/api/main.go':
    'package main\n\nimport "acme.test/greet"\n\nvar path = "/v1"\n\nfunc main() { println(greet.Word, path) }\n',
  'svc/api/cmd/api/main_test.go': 'package main\n',
  'svc/job/Containerfile': go('job'),
  'svc/job/project.json': compiled('.'),
  'svc/job/go.mod': goModule('job'),
  'svc/job/cmd/job/main.go':
    'package main\n\nimport (\n\t"acme.test/greet"\n\t"acme.test/greet/times"\n)\n\nfunc main() { println(greet.Word, times.Word) }\n',

  // A crate with a path dependency.
  'rust/Cargo.toml': '[workspace]\nresolver = "2"\nmembers = ["echo", "words"]\n',
  'rust/Cargo.lock':
    'version = 4\n\n[[package]]\nname = "echo"\nversion = "0.1.0"\ndependencies = [\n "words",\n]\n\n[[package]]\nname = "words"\nversion = "0.1.0"\n',
  'rust/words/Cargo.toml': '[package]\nname = "words"\nversion = "0.1.0"\nedition = "2021"\n',
  'rust/words/src/lib.rs': 'pub const WORD: &str = "echo";\n',
  'rust/echo/Cargo.toml':
    '[package]\nname = "echo"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]\nwords = { path = "../words" }\n',
  'rust/echo/src/main.rs': 'fn main() {\n    println!("{}", words::WORD);\n}\n',
  'rust/echo/project.json': compiled('rust'),
  'rust/echo/Containerfile':
    'FROM localhost/acme/base-rust-builder AS compile\nWORKDIR /src\nCOPY . .\nRUN ["compile-rust", "--package", "echo"]\n\nFROM scratch\nCOPY --from=compile /out/echo /echo\n',

  'svc/report/Containerfile':
    'FROM localhost/acme/base-python-builder AS compile\nWORKDIR /src\nCOPY report report\nRUN ["compile-python", "report"]\n\nFROM localhost/acme/base-tools\nCOPY --from=compile /out/application /application\n',
  'svc/report/project.json': project({ platforms: [host] }),
  'svc/report/report/__init__.py': '',
  'svc/report/report/__main__.py': 'print("report")\n',

  'svc/web/Containerfile': 'FROM localhost/acme/base-runtime\nCOPY static /static\nUSER web\n',
  'svc/web/static/index.html': '<p>web</p>\n',
  'svc/web/README.md': '# web\n',
  'svc/data/Containerfile': 'FROM scratch\nCOPY tables /tables\n',
  'svc/data/tables/one.csv': '1\n',
  'svc/stats/Containerfile':
    'FROM localhost/acme/base-runtime\nCOPY --from=localhost/acme/data /tables /data\nCOPY stats.txt /\n',
  'svc/stats/stats.txt': 'stats\n',
  'svc/shared/Containerfile':
    'FROM localhost/acme/base-runtime\nCOPY libs/fonts /fonts\nCOPY libs/pictures /pictures\nCOPY svc/shared/own /own\n',
  'svc/shared/project.json': project({ context: '.' }),
  'svc/shared/own': 'own\n',
  'libs/fonts/a.txt': 'a\n',
  'libs/fonts/draft.txt': 'draft\n',
  'libs/pictures/b.txt': 'b\n',
  'svc/args/Containerfile':
    'FROM localhost/acme/base-runtime\nARG LEVEL=low\nENV LEVEL=$LEVEL\nCOPY args.txt /\n',
  'svc/args/args.txt': 'args\n',
  'svc/vendor/Containerfile': `FROM ${vendorName}\nENV OWN=yes\n`,
  'svc/vendor/images.lock.json': vendorLock('1'),
  'gen/Containerfile': 'FROM scratch\nCOPY generated /generated\n',
  'gen/generated/code.txt': 'version 1\n',
  'gen/code.proto': 'message One {}\n',

  // Several in one directory; one is based on another.
  'pair/in.Containerfile': 'FROM localhost/acme/base-tools\nCOPY in.txt /\n',
  'pair/Dockerfile.out': 'FROM localhost/acme/pair-in\nCOPY out.txt /\n',
  'pair/in.txt': 'in\n',
  'pair/out.txt': 'out\n',
};
