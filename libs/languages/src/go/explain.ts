import { explainC } from '../c/explain';
import type { Explanation } from '../language';
import { noPkgConfig } from './cgoEnvironment';

type Step = 'fetch' | 'compile';
type Words = Readonly<Record<string, string>>;

interface Cause {
  readonly pattern: RegExp;
  readonly explain: (found: Words, output: string, step: Step) => Explanation;
}

const tidy = 'Run `go mod tidy` in the module, and commit go.mod and go.sum.';
const vendor = 'Run `go mod vendor` (`go work vendor` in a workspace), and commit the vendor directory.';
const withoutCgo =
  'Write `ENV CGO_ENABLED=1` into the compile stage: a pinned C compiler compiles it. Or use a module that needs no C.';
const access =
  'For a private module, set GOPRIVATE where nx runs, and give credentials in ~/.netrc or git. Otherwise correct the version in go.mod.';

/** The versions that people and tools write for a module of the same repository, which no proxy has. */
const placeholder = /@v0\.0\.0(-0{14}-0{12}|-00010101000000-0{12})?$/;
const replaceSibling = (module: string): string =>
  placeholder.test(module)
    ? `If it is a module of this repository, \`use\` in go.work is not enough once others are fetched: run \`go work edit -replace=${module}=./<directory>\` (without a go.work: \`go mod edit\`), and commit it. `
    : '';
const accessTo = (module: string): string => `${replaceSibling(module)}${access}`;

const compileFailed = (what: string, remedy: string): Explanation => ({
  code: 'COMPILE_FAILED',
  what,
  remedy,
});
const notFetched = (what: string, remedy: string): Explanation => ({
  code: 'DEPENDENCIES_NOT_FETCHED',
  what,
  remedy,
});

/** Messages of Go 1.21 to 1.26 with their meaning. The first match wins, so causes come before their consequences. */
const causes: readonly Cause[] = [
  {
    pattern: /(?:^|\s)(?<who>\S+?):? requires go >= (?<wanted>\d\S*) \(running go (?<running>\d[^\s;)]*)/,
    explain: ({ who, wanted, running }) => ({
      code: 'TOOLCHAIN_DIFFERS',
      what: `${who} asks for Go ${wanted}, and the compile stage is pinned to ${running}`,
      remedy: `Raise the pin: FROM golang:${wanted} in the compile stage, or "version": "${wanted}" in the pin.json of its builder.`,
    }),
  },
  {
    pattern: /signal: killed|out of memory|cannot allocate memory/,
    explain: () =>
      compileFailed(
        'the system killed the compiler: out of memory',
        'Give the machine or container more memory, or build fewer projects at once: `--parallel=1`.',
      ),
  },
  {
    pattern: /verifying (?<module>\S+?)(?:\/go\.mod)?: checksum mismatch/,
    explain: ({ module }) =>
      notFetched(
        `the content fetched for ${module} does not match go.sum`,
        'Find out what changed: `go mod verify`. If the version was published again, it needs a new line in go.sum.',
      ),
  },
  {
    pattern: /inconsistent vendoring|import lookup disabled by -mod=vendor/,
    explain: () => compileFailed('the vendor directory does not match go.mod', vendor),
  },
  {
    pattern: /missing go\.sum entry(?: for (?:go\.mod file|module providing package (?<path>\S+)))?/,
    explain: ({ path }) => compileFailed(`go.sum has no entry for ${path ?? 'a module'}`, tidy),
  },
  {
    pattern: /updates to go\.(?<name>mod|sum|work) needed/,
    explain: ({ name }) =>
      compileFailed(
        `go.${name} is incomplete`,
        name === 'work' ? 'Run `go work sync`, and commit what it changes.' : tidy,
      ),
  },
  {
    pattern: /cannot load module (?<directory>\S+) listed in go\.work file/,
    explain: ({ directory }) =>
      compileFailed(
        `go.work uses ${directory}, which COPY did not bring`,
        'COPY that module into the compile stage, or do not COPY go.work.',
      ),
  },
  {
    pattern: /(?<module>\S+): replacement directory (?<directory>\S+) does not exist/,
    explain: ({ module, directory }) =>
      compileFailed(
        `go.mod replaces ${module} by ${directory}, which COPY did not bring`,
        'COPY that directory into the compile stage; the context must contain it.',
      ),
  },
  {
    pattern: /(?<file>\S+?\.go):\d+:\d+: pattern (?<glob>.+?): (?:no matching files found|cannot embed)/,
    explain: ({ file, glob }) =>
      compileFailed(
        `${file} embeds ${glob}, and COPY brought no such file`,
        'COPY it into the compile stage, and check the ignore file. If a generator writes it, commit it or make the generator a dependency of `compile`.',
      ),
  },
  {
    pattern: /build constraints exclude all Go files in (?<directory>\S+)/,
    explain: ({ directory }) =>
      compileFailed(`${nameOf(directory!)} has no Go file for this platform with cgo off`, withoutCgo),
  },
  {
    pattern: /(?:^|\n)(?:package (?<path>\S+): )?C(?:\+\+)? source files not allowed when not using cgo/,
    explain: ({ path }) => compileFailed(`${path ?? 'a package'} needs cgo, which is off`, withoutCgo),
  },
  {
    // Published modules compile for their authors, so a missing name is probably defined in a file that needs cgo.
    pattern: /(?:^|\n)(?<module>[^\s:]+@v[^\s/:]+)\/\S+\.go:\d+:\d+: undefined: /,
    explain: ({ module }) =>
      compileFailed(
        `${module} does not compile with cgo off: it needs cgo, or another version of what it imports`,
        withoutCgo,
      ),
  },
  {
    pattern:
      /(?:no required module provides package|cannot find module providing package|module .* found.*, but does not contain package) (?<path>[^\s;:]+)/,
    explain: ({ path }) =>
      compileFailed(
        `neither the files that COPY brought nor a module of go.mod contain the package ${path}`,
        `COPY its directory if it is your own; otherwise ${tidy.charAt(0).toLowerCase()}${tidy.slice(1)}`,
      ),
  },
  {
    pattern: /package (?<path>\S+) is not in std/,
    explain: ({ path }) =>
      compileFailed(
        `there is no package ${path}: a path without a dot in its first element is part of Go itself or of this module`,
        'Correct the import, or COPY the directory of the package.',
      ),
  },
  {
    pattern:
      /go\.mod file not found|cannot find main module|directory prefix \S+ does not contain main module/,
    explain: () => compileFailed('COPY brought no go.mod', 'COPY go.mod and go.sum to WORKDIR or above it.'),
  },
  {
    pattern: /stat (?<path>\S+): directory not found/,
    explain: ({ path }) =>
      compileFailed(
        `there is no directory ${path!.replace(/^.*\/source\//, '/')} in the compile stage`,
        'Correct the package in the RUN line, or COPY it.',
      ),
  },
  {
    pattern: /module lookup disabled by GOPROXY=off/,
    explain: (_, output, step) => {
      const module = /(\S+@v[^\s:]+): module lookup disabled/.exec(output)?.[1] ?? 'a module';
      return step === 'compile'
        ? compileFailed(`${module} was not fetched: go.mod or go.sum does not name it`, tidy)
        : notFetched(
            `${module} was not fetched yet, and GOPROXY=off forbids it`,
            `${replaceSibling(module)}Set GOPROXY to a source of modules where nx runs, or remove it.`,
          );
    },
  },
  {
    pattern: new RegExp(`pkg-config .*-- (?<library>\\S+)[\\s\\S]*${noPkgConfig}|${noPkgConfig}`),
    explain: ({ library }) =>
      compileFailed(
        `a package asks pkg-config for ${library ?? 'a library'}, and the builder has no libraries besides musl's C library`,
        'Use a module that brings the sources of the library, or build the stage with an engine.',
      ),
  },
  {
    pattern: /exec: "git": executable file not found/,
    explain: () =>
      notFetched(
        'fetching a module needs git, which is not installed',
        'Install git, or set GOPROXY to a proxy that has the module.',
      ),
  },
  {
    pattern:
      /(?<module>\S+@v[^\s:]+): (?:[\s\S]*?)(?:40[134] \w|410 Gone|unknown revision|terminal prompts disabled|could not read Username|Permission denied|Repository not found)/,
    explain: ({ module }) =>
      notFetched(`${module} does not exist, or this user may not read it`, accessTo(module!)),
  },
  {
    pattern: /unrecognized import path "(?<path>[^"]+)"(?!.*(?:dial|lookup|timeout))/,
    explain: ({ path }, output) => {
      const [, module = ''] = /(\S+@v[^\s:]+): /.exec(output) ?? [];
      return notFetched(`${path} does not exist, or this user may not read it`, accessTo(module));
    },
  },
  {
    pattern:
      /dial tcp(?: \S+)?: (?<why>.*)|(?<other>no such host|i\/o timeout|TLS handshake timeout|x509: .*|proxyconnect .*|connection reset by peer)/,
    explain: ({ why, other }) =>
      notFetched(
        `the source of modules does not answer: ${why ?? other}`,
        'Check the network, GOPROXY and the proxies where nx runs. After `go mod vendor`, a build needs no network.',
      ),
  },
];

/** The real cause of a failed call of the go command, and its remedy. */
export function explainGo(output: string, step: Step): Explanation | undefined {
  for (const { pattern, explain } of causes) {
    const found = pattern.exec(output);
    if (found) return explain(found.groups ?? {}, output, step);
  }
  return explainC(output);
}

/** `module@version/package` for a directory in the module cache, else the directory in the stage. */
function nameOf(directory: string): string {
  const [, module] = /\/gomod\/(.+)$/.exec(directory) ?? [];
  return (module ?? directory.replace(/^.*\/source\//, '/')).replace(/!([a-z])/g, (_, letter: string) =>
    letter.toUpperCase(),
  );
}

/** Messages of Go about missing names, packages and files, which may come with other errors. */
const ofMissing =
  /\bundefined\b|could not import|cannot find|no such file|is not in std|no matching files found|no required module provides|no Go files in|does not contain package|build constraints exclude|missing /;

/** Whether a Go error may come from a missing file. Errors of syntax or types do not. */
export function mayLackFiles(output: string): boolean {
  return ofMissing.test(output) || !/^\S+\.go:\d+:\d+: /m.test(output);
}
