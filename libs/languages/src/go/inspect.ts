import type { CheckedSources, CheckRequest, CompileRequest, Inspection } from '../language';
import { tagsOf, walkPackages } from './closure';
import { fixedEnvironment, offlineEnvironment, targetEnvironment } from './environment';
import { expandUnits } from './units';

/** For each package: its import path, module, version, and the files that import "C". */
const format =
  '{{if and .Module .CgoFiles}}{{.ImportPath}} {{.Module.Path}} {{.Module.Version}} {{.CgoFiles}}{{end}}';

/**
 * Asks the go command which packages of other modules have cgo files. With CGO_ENABLED=0, go omits those files
 * silently. Undefined if the stage itself sets CGO_ENABLED=0, or if no package comes from another module.
 */
export function inspectGo(
  check: CheckRequest,
  sources: CheckedSources,
  request: CompileRequest,
): Inspection | undefined {
  // The stage sets CGO_ENABLED explicitly.
  if (request.targets.every((target) => /^[01]$/.test(request.environment(target).CGO_ENABLED ?? '')))
    return undefined;
  const { packages, elsewhere } = walkPackages(expandUnits(check, sources), sources);
  // The first part of a module's path has a dot. Vendored packages are in the tree.
  const others = elsewhere.filter((path) => /^[^/]*\./.test(path));
  const vendored = packages.filter(({ module }) => module === undefined);
  if (others.length + vendored.length === 0) return undefined;
  const { recognised, targets, toolchain, directories } = request;
  const tags = tagsOf(recognised).join(',');
  return {
    subject: [...others, ...vendored.map(({ directory }) => directory), tags],
    calls: targets.map((target) => ({
      argv: [
        ...([toolchain.command, 'list', '-e', '-deps', '-f', format] as const),
        ...(tags === '' ? [] : [`-tags=${tags}`]),
        ...recognised.units,
      ],
      cwd: directories.working,
      env: {
        ...targetEnvironment(target, request.environment(target)),
        ...fixedEnvironment(request),
        ...offlineEnvironment(request),
        // Compiles nothing: the go command only lists the files that it would use.
        CGO_ENABLED: '1',
      },
    })),
    judge: describeLeftOut,
  };
}

function describeLeftOut(outputs: readonly string[]): string[] {
  const lines = new Set(outputs.flatMap((output) => output.split('\n')));
  const modules = new Map<string, string[]>();
  for (const line of lines) {
    const [, path, module, version, files] = /^(\S+) (\S+) (v\S+) \[(.*)\]$/.exec(line.trim()) ?? [];
    if (path === undefined) continue;
    const name = `${module} ${version}`;
    const inside = path.slice(module!.length + 1);
    const named = files!.split(' ').map((file) => (inside === '' ? file : `${inside}/${file}`));
    modules.set(name, [...new Set([...(modules.get(name) ?? []), ...named])]);
  }
  return [...modules].map(([module, files]) => {
    const shown =
      files.length > 3 ? `${files.slice(0, 3).join(', ')} and ${files.length - 3} more` : files.join(', ');
    return `${module} is compiled without its files for cgo (${shown}): cgo is off. If the program is right without them, \`ENV CGO_ENABLED=0\` in the compile stage says so.`;
  });
}
