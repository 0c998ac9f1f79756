import { basename, dirname, join, normalize, relative } from 'node:path/posix';
import { failed, generateFailure, ok, type Result } from '@prism-build/errors';
import { compareGoVersions } from '@prism-build/languages';
import { imageName } from '@prism-build/workspace';
import { parseGoModule } from '../shared/goModule';
import { bringBases, noteBases, shippedVersion } from './bases';
import { chooseMain } from './choose';
import { copyModules, listModules, refuseAbsent } from './goModules';
import { type GoPackage, type LocalModule, listMains, namesOfMain, reachPackages } from './goPackages';
import { findFetched, withDisk } from './moduleCache';
import { findPorts, type Listening } from './ports';
import type { Finder, Program, Request } from './program';
import { copyReads, findReads, noteAbsent } from './reads';

export const listening: Listening = {
  calls: [
    {
      pattern:
        /\b(?:ListenAndServe(?:TLS|QUIC)?|Listen(?:Packet|TCP|UDP|Addr|TLS)?|Start(?:TLS|Server)?|Run(?:TLS)?|Serve)\(/g,
    },
    { pattern: /\bhttp\.Server\{/g, part: /\bAddr:\s*([^\n,]+)/ },
    { pattern: /\b(?:TCP|UDP)Addr\{/g, part: /\bPort:\s*([^\n,]+)/, numbers: true },
  ],
  always: [
    // Servers listen on addresses without a host, or on all addresses.
    /"(?:0\.0\.0\.0|\[::\])?:(\d{2,5})"/g,
    /"(?:(?:HTTP|LISTEN|SERVER|GRPC)_)?PORT"\s*,\s*"?:?(\d{2,5})"?/g,
  ],
};
/** Calls of the standard library and of common libraries that read a path. */
const reading =
  /\b(?:(?:os|ioutil)\.(?:ReadFile|Open|ReadDir|DirFS|Stat)|(?:http)\.Dir|http\.ServeFile|ParseFiles|ParseGlob|LoadHTMLGlob|LoadHTMLFiles|filepath\.(?:Glob|WalkDir|Walk)|tls\.LoadX509KeyPair|DecodeFile|SetConfigFile)\(/g;
const tls = ['net/http', 'crypto/tls', 'google.golang.org/grpc'];

/** A program in Go: `package main` with a `func main`, in a module at the directory or above it. */
export const findGo: Finder = (request) => {
  const moduleDirectory = findAbove(request, 'go.mod');
  const hasSources = request.sources.list(request.directory).some((file) => file.endsWith('.go'));
  if (moduleDirectory === undefined || !hasSources) return undefined;
  return describeGo(request, moduleDirectory);
};

function describeGo(request: Request, moduleDirectory: string): Result<Program> {
  const { sources, directory, prefix } = request;
  const text = sources.read(join(moduleDirectory, 'go.mod'))!;
  const module = parseGoModule(text, join(moduleDirectory, 'go.mod'));
  if (!module.ok) return module;
  const main = chooseMain(listMains(sources, directory), request.main, {
    where: directory,
    namesOf: (one) => namesOfMain(one, directory),
  });
  if (!main.ok) return main;
  const modules = listModules(sources, { directory: moduleDirectory, ...module.value });
  if (!modules.ok) return modules;
  const builder = chooseBuilder(request, moduleDirectory, text, module.value.go);
  if (!builder.ok) return builder;
  const isOwn = builder.value === imageName(prefix, 'base-go-builder');
  const bases = bringBases(sources, prefix, isOwn ? ['go-builder'] : []);
  const fetched = findFetched(module.value.requires);
  const reached = reachPackages(withDisk(sources), [...modules.value.all, ...fetched], main.value.directory);
  const packages = reached.filter((one) => !one.directory.startsWith('/'));
  const wanted = modules.value.absent.filter(({ path }) =>
    packages.some(({ imports }) => imports.some((one) => one === path || one.startsWith(`${path}/`))),
  );
  if (wanted.length > 0) return failed(...wanted.map((one) => refuseAbsent(one, moduleDirectory)));
  const native = checkNative(reached, fetched);
  if (!native.ok) return native;
  const locked = checkLock(sources, moduleDirectory, module.value.requires, modules.value.all);
  if (!locked.ok) return locked;
  const copied = copyModules(sources, modules.value, moduleDirectory, packages);
  const { file } = main.value;
  const unit = join(relative(moduleDirectory, main.value.directory), file ?? '');
  const program = basename(unit === '.' ? module.value.path.replace(/\/v\d+$/, '') : unit, '.go');
  const needsTls = packages.some(({ imports }) => imports.some((one) => tls.includes(one)));
  const certificates = needsTls && sources.read('containerfiles/static/Containerfile') !== undefined;
  const texts = packages.flatMap((one) => one.texts);
  const reads = findReads(sources, texts, reading, [directory, moduleDirectory, '.']);
  const data = copyReads(reads.found, copied.context, request.working);
  return ok({
    language: 'Go',
    context: copied.context,
    stages: [
      `FROM ${builder.value} AS compile`,
      ...(packages.some(({ cgo }) => cgo.length > 0) ? ['ENV CGO_ENABLED=0'] : []),
      `WORKDIR ${copied.workdir}`,
      ...copied.lines,
      `RUN ${JSON.stringify(['compile-go', unit === '.' ? '.' : `./${unit}`]).replaceAll('","', '", "')}`,
    ],
    final: [
      'FROM scratch',
      ...(certificates
        ? [
            `COPY --from=${imageName(prefix, 'base-static')} /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/`,
          ]
        : []),
      `COPY --from=compile /out/${program} /${program}`,
      ...data.lines,
      ...(request.working === '/' ? [] : [`WORKDIR ${request.working}`]),
    ],
    entrypoint: [`/${program}`],
    ports: findPorts(texts, listening),
    files: bases,
    notes: [
      ...noteBases(bases),
      ...(needsTls && !certificates
        ? [
            'It imports what speaks TLS, and the image has no certificates: COPY them from a base if it calls others.',
          ]
        : []),
      ...native.value,
      ...noteAbsent([...reads.absent, ...data.outside]),
    ],
    next: [],
  });
}

/** The nearest directory, from this one upwards, that has the file. */
function findAbove({ sources, directory }: Request, file: string): string | undefined {
  for (let at = directory; ; at = dirname(at)) {
    if (sources.read(join(at, file)) !== undefined) return at;
    if (at === '.') return undefined;
  }
}

/** The workspace's builder, else the image whose tag is the version in go.mod. */
function chooseBuilder(
  { sources, prefix }: Request,
  moduleDirectory: string,
  text: string,
  go: string,
): Result<string> {
  const at = { file: normalize(join(moduleDirectory, 'go.mod')) };
  const wanted = /^toolchain\s+go(\S+)/m.exec(text)?.[1] ?? go;
  const pin = sources.read('containerfiles/go-builder/pin.json');
  if (pin !== undefined) {
    const version = /"version":\s*"([^"]+)"/.exec(pin)?.[1] ?? '';
    if (compareGoVersions(wanted, version) <= 0) return ok(imageName(prefix, 'base-go-builder'));
    const what = `this module needs Go ${wanted}, and containerfiles/go-builder/pin.json says ${version}`;
    return failed(generateFailure('PROGRAM_NOT_SUPPORTED', { what, remedy: 'Bring the pin up first.', at }));
  }
  if (/^\d+\.\d+\.\d+$/.test(wanted)) return ok(`golang:${wanted}`);
  // No exact version: the builder of the package, if it is new enough.
  const shipped = shippedVersion('go');
  if (compareGoVersions(wanted, shipped) <= 0) return ok(imageName(prefix, 'base-go-builder'));
  return failed(
    generateFailure('PROGRAM_NOT_SUPPORTED', {
      what: `this module needs Go ${wanted}, which is not an exact version, and the builder of this plugin has ${shipped}`,
      remedy: `Name it: \`go mod edit -toolchain=go${wanted}.0\`, with the version that you use.`,
      at,
    }),
  );
}

/** cgo is off in images, so a package whose files all import "C" would be empty. */
function checkNative(reached: readonly GoPackage[], fetched: readonly LocalModule[]): Result<string[]> {
  const native = reached.filter(({ cgo }) => cgo.length > 0);
  const nameOf = (file: string) => {
    const module = fetched.find((one) => file.startsWith(`${one.directory}/`));
    return module ? `${module.path}${file.slice(module.directory.length)}` : file;
  };
  const helpless = native.filter(({ plain }) => plain.length === 0);
  if (helpless.length > 0)
    return failed(
      ...helpless.map(({ cgo }) =>
        generateFailure('PROGRAM_NOT_SUPPORTED', {
          what: 'this program needs cgo, which the generated Containerfile leaves off',
          remedy:
            'Write the Containerfile by hand, with `ENV CGO_ENABLED=1` in the compile stage: a pinned C compiler then compiles it.',
          at: { file: nameOf(cgo[0]!) },
        }),
      ),
    );
  return ok(
    native.map(({ cgo, standIns }) => {
      const instead =
        standIns.length > 0 ? `${standIns.map(nameOf).join(', ')} takes its place` : 'it is left out';
      return `${nameOf(cgo[0]!)} needs cgo, which is off: ${instead}.`;
    }),
  );
}

function checkLock(
  { read }: Request['sources'],
  directory: string,
  requires: ReadonlyMap<string, string>,
  modules: readonly LocalModule[],
): Result<void> {
  const foreign = [...requires.keys()].filter((path) => !modules.some((one) => one.path === path));
  if (foreign.length === 0 || read(join(directory, 'go.sum')) !== undefined) return ok(undefined);
  return failed(
    generateFailure('LOCK_DIRTY', {
      what: 'go.mod names other modules, and there is no go.sum',
      remedy: 'Run `go mod tidy`, and commit go.sum.',
      at: { file: join(directory, 'go.mod') },
    }),
  );
}
