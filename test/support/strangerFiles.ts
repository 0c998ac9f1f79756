/**
 * A monorepo that was not written for Prism: Go modules that refer to each other by replace lines, a crate, a Python
 * package, several Containerfiles in a directory, and a broken one.
 */
export const strangerFiles: Readonly<Record<string, string>> = {
  'nx.json': JSON.stringify({
    analytics: false,
    plugins: [{ plugin: 'prism', options: { prefix: 'acme' } }],
  }),
  '.gitignore': 'node_modules\ndist\n.nx\n.prism\ngenerated\n',

  'go/greet/go.mod': 'module acme.test/greet\n\ngo 1.26\n',
  'go/greet/greet.go': 'package greet\n\nfunc Text() string { return "hello from a stranger" }\n',
  'go/hello/go.mod':
    'module acme.test/hello\n\ngo 1.26\n\nrequire acme.test/greet v0.0.0\n\nreplace acme.test/greet => ../greet\n',
  'go/hello/cmd/hello/main.go':
    'package main\n\nimport "acme.test/greet"\n\nfunc main() { println(greet.Text()) }\n',
  // The context is the repository: COPY takes the other module too.
  'go/hello/project.json': JSON.stringify({ targets: { 'build-image': { options: { context: '.' } } } }),
  'go/hello/Containerfile': `FROM localhost/acme/base-go-builder AS compile
WORKDIR /src/go/hello
COPY go/greet /src/go/greet
COPY go/hello /src/go/hello
RUN ["compile-go", "./cmd/hello"]

FROM scratch
COPY --from=compile /out/hello /hello
ENTRYPOINT ["/hello"]
`,

  'rust/echo/Cargo.toml': '[package]\nname = "echo"\nversion = "0.1.0"\nedition = "2021"\n',
  'rust/echo/Cargo.lock': 'version = 3\n\n[[package]]\nname = "echo"\nversion = "0.1.0"\n',
  'rust/echo/src/main.rs': 'fn main() {\n    println!("echo");\n}\n',
  'rust/echo/Dockerfile': `FROM localhost/acme/base-rust-builder AS compile
WORKDIR /src
COPY Cargo.toml Cargo.lock ./
COPY src src
RUN ["compile-rust", "--package", "echo"]

FROM scratch
COPY --from=compile /out/echo /echo
ENTRYPOINT ["/echo"]
`,

  'python/report/report/__init__.py': '',
  'python/report/report/__main__.py': 'print("report")\n',
  'python/report/Dockerfile': `FROM localhost/acme/base-python-builder AS compile
WORKDIR /src
COPY report report
RUN ["compile-python", "report"]

FROM scratch
COPY --from=compile /out/application /application
`,

  // Several in one directory, one based on another, each with its own ignore file.
  'svc/shared': 'shared\n',
  'svc/api.txt': 'api\n',
  'svc/worker.txt': 'worker\n',
  'svc/generated': 'git ignores it\n',
  'svc/Dockerfile': 'FROM scratch\nCOPY shared /\n',
  'svc/api.Containerfile': 'FROM scratch\nCOPY . /srv/\n',
  'svc/api.Containerfile.containerignore': 'worker*\ngenerated\nDockerfile*\n',
  'svc/Dockerfile.worker': 'FROM localhost/acme/svc-api\nCOPY worker.txt generated /\n',
  'svc/worker/project.json': JSON.stringify({
    targets: { 'build-image': { options: { platforms: ['linux/arm64'] } } },
  }),

  'a/docker/Dockerfile': 'FROM scratch\nCOPY one /\n',
  'a/docker/one': 'a\n',
  'b/docker/Dockerfile': 'FROM scratch\nCOPY one /\n',
  'b/docker/one': 'b\n',

  'broken/Containerfile': 'FROM scratch\n\nCOPI x /\n',
};

/** The projects that it must become, by name, with their roots. */
export const strangerProjects: Readonly<Record<string, string>> = {
  'a-docker': 'a/docker',
  'b-docker': 'b/docker',
  broken: 'broken',
  echo: 'rust/echo',
  hello: 'go/hello',
  report: 'python/report',
  svc: 'svc',
  'svc-api': 'svc/api',
  'svc-worker': 'svc/worker',
};
