import { containerfileFailure, type Failure, type Place } from '@prism-build/errors';

const DIRECTIVE = /^#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*$/;
const KNOWN = new Set(['syntax', 'escape', 'check']);

interface Directives {
  readonly escape: '\\' | '`';
  readonly syntax: string | undefined;
  readonly failures: readonly Failure[];
}

/**
 * Parser directives: the comments `# name=value` at the top of the file. As in BuildKit, the first other line ends them,
 * and so does an unknown name.
 */
export function readDirectives(lines: readonly string[], file: string): Directives {
  const seen = new Map<string, string>();
  const failures: Failure[] = [];
  const fail = (line: number, what: string) =>
    failures.push(containerfileFailure('CONTAINERFILE_BAD_DIRECTIVE', { what, at: { file, line } }));
  for (const [index, line] of lines.entries()) {
    const match = DIRECTIVE.exec(line.trim());
    const name = match?.[1]?.toLowerCase() ?? '';
    if (!KNOWN.has(name)) break;
    const value = match?.[2] ?? '';
    if (seen.has(name)) fail(index + 1, `The parser directive ${name} is given twice.`);
    else if (name === 'escape' && value !== '\\' && value !== '`')
      fail(index + 1, `The escape character ${JSON.stringify(value)} is neither \\ nor \`.`);
    else if (name === 'syntax' && !isDockerfile(value))
      failures.push(foreignSyntax(value, { file, line: index + 1 }));
    else seen.set(name, value);
  }
  return { escape: seen.get('escape') === '`' ? '`' : '\\', syntax: seen.get('syntax'), failures };
}

/** Frontend images whose language this parser reads: docker/dockerfile, its nightly builds, and mirrors of it. */
function isDockerfile(value: string): boolean {
  const [reference = ''] = value.split(' ', 1);
  const [name = ''] = reference.split('@', 1);
  return /^dockerfile(-upstream)?(:[\w.-]+)?$/.test(name.slice(name.lastIndexOf('/') + 1));
}

function foreignSyntax(value: string, at: Place): Failure {
  const what = `# syntax=${value} names another language than docker/dockerfile, the only one that is supported.`;
  const remedy =
    'Remove the directive if the file has only the usual instructions; otherwise rewrite it with those.';
  return containerfileFailure('CONTAINERFILE_BAD_DIRECTIVE', { what, remedy, at });
}
