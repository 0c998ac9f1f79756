import { satisfies, valid, validRange } from '@renovatebot/pep440';
import { parseProject } from './project';

/** Files that state the Python of the sources, in order of precedence. */
export const statements = ['.python-version', 'pyproject.toml'];

/** A statement about the Python of the sources: versions and ranges (PEP 440), or unparsable text. */
export interface Statement {
  readonly line?: number;
  /** The original text. */
  readonly text: string;
  /** Alternatives in PEP 440 syntax; empty if the text is not a version. */
  readonly ranges: readonly string[];
}

/** A file of pyenv, uv, asdf and mise: the first version in it counts. `system` is ignored. */
export function readVersionFile(text: string): readonly Statement[] {
  const lines = text
    .split(/\r?\n/u)
    .map((line, index) => ({ line: index + 1, text: line.replace(/#.*$/u, '').trim() }));
  const first = lines.find((one) => one.text !== '');
  if (!first || first.text === 'system') return [];
  const version = first.text.replace(/^(?:cpython|python)[-@]?(?=\d)/u, '').replace(/-dev$|\/envs\/.*$/u, '');
  return [{ ...first, ranges: toRange(version) }];
}

function toRange(version: string): string[] {
  if (/^\d+(?:\.\d+){0,1}$/u.test(version)) return [`==${version}.*`];
  if (valid(version)) return [`==${version}`];
  return isRange(version) ? [version] : [];
}

/** `requires-python` (PEP 621), and Poetry's own syntax. A file that is not TOML is ignored here. */
export function readProjectPython(text: string): readonly Statement[] {
  const { requiresPython: required, poetryPython: poetry } = parseProject(text);
  return [
    ...(required === undefined ? [] : [{ text: required, ranges: isRange(required) ? [required] : [] }]),
    ...(poetry === undefined ? [] : [{ text: poetry, ranges: readPoetryRanges(poetry) }]),
  ];
}

/** Poetry's `^3.11` and `~3.11`, alternatives by `||`; everything else is as in PEP 440. */
export function readPoetryRanges(text: string): string[] {
  const ranges = text.split(/\|\|?/u).map((one) => one.split(',').map(fromPoetry).join(','));
  return ranges.every(isRange) ? ranges : [];
}

function fromPoetry(text: string): string {
  const one = text.trim();
  if (one === '*') return '>=0';
  const [, sign, version = ''] = /^([\^~])\s*(\d[\d.]*)$/u.exec(one) ?? [];
  if (sign === undefined) return /^\d+(?:\.\d+)*(?:\.\*)?$/u.test(one) ? `==${one}` : one;
  const parts = version.split('.').map(Number);
  const first = parts.findIndex((part) => part > 0);
  const at = sign === '~' ? Math.min(1, parts.length - 1) : Math.max(0, first);
  const next = parts.slice(0, at + 1).map((part, index) => (index === at ? part + 1 : part));
  return `>=${version},<${next.join('.')}`;
}

function isRange(text: string): boolean {
  return text.trim() !== '' && validRange(text);
}

/** Whether a statement allows a version of Python. */
export function isOne({ ranges }: Statement, version: string): boolean {
  return ranges.some((range) => satisfies(version, range, { prereleases: true }));
}
