import { printQuantity } from '../budgets/quantity';
import { type Change, compareFiles, compareParts } from '../compare/compareParts';
import type { Contents } from '../contents/readContents';
import { printChange } from './printChanges';

/** Two states of one platform of an image. */
export interface Comparison {
  readonly platform: string;
  readonly before: number | undefined;
  readonly after: number;
  readonly packages: readonly Change[];
  /** Undefined if the files of the earlier image are not known. */
  readonly files: readonly Change[] | undefined;
}

const SHOWN = 20;

/** Compares what fills a platform. `earlier` has no parts if only sizes are known. */
export function comparePlatform(
  platform: string,
  sizes: Pick<Comparison, 'before' | 'after'>,
  earlier: Partial<Contents>,
  now: Contents,
): Comparison {
  return {
    ...{ platform, ...sizes },
    packages: earlier.parts ? compareParts(earlier.parts, now.parts) : [],
    files: earlier.files && compareFiles(earlier.files, now.files),
  };
}

/** A comparison as text for a terminal. */
export function printComparison(image: string, against: string, platforms: readonly Comparison[]): string {
  const lines = platforms.flatMap(({ platform, before, after, packages, files }) => [
    `  ${image} on ${platform}: ${printSizes(before, after)} against ${against}\n`,
    ...list(packages).map((line) => `    ${line}\n`),
    ...list(files ?? []).map((line) => `    ${line}\n`),
  ]);
  return lines.join('');
}

/** A comparison as Markdown for a comment on a pull request. */
export function printComparisonMarkdown(
  image: string,
  against: string,
  platforms: readonly Comparison[],
): string {
  const sections = platforms.map(({ platform, before, after, packages, files }) => {
    const summary = `**${platform}**: ${printSizes(before, after)}`;
    return [summary, details('Packages', packages), details('Files', files ?? [])]
      .filter(Boolean)
      .join('\n\n');
  });
  return `### ${escapeMarkdown(image)}: size against ${escapeMarkdown(against)}\n\n${sections.join('\n\n')}\n`;
}

function details(title: string, changes: readonly Change[]): string {
  if (changes.length === 0) return '';
  const rows = changes.slice(0, SHOWN).map(({ kind, name, before, after, versions }) => {
    const version = versions ? ` ${versions[0] ?? ''} → ${versions[1] ?? ''}` : '';
    const cells = [
      `\`${name.replaceAll('`', '')}\`${escapeMarkdown(version)}`,
      kind === 'path' ? '' : kind,
      print(before),
      print(after),
      signed(after - before),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const more = changes.length > SHOWN ? `\n\nand ${changes.length - SHOWN} more` : '';
  return `<details><summary>${title}: ${changes.length} changed</summary>\n\n| what | kind | before | after | change |\n|---|---|---:|---:|---:|\n${rows.join('\n')}${more}\n\n</details>`;
}

function list(changes: readonly Change[]): string[] {
  const shown = changes.slice(0, SHOWN).map(printChange);
  return changes.length > SHOWN ? [...shown, `and ${changes.length - SHOWN} more`] : shown;
}

function printSizes(before: number | undefined, after: number): string {
  if (before === undefined) return `${print(after)}, new`;
  const percent = before === 0 ? '' : `, ${((after / before - 1) * 100).toFixed(1)} %`;
  return `${print(before)} → ${print(after)} (${signed(after - before)}${percent})`;
}

function print(bytes: number): string {
  return printQuantity(bytes, 'bytes');
}

function signed(bytes: number): string {
  return bytes > 0 ? `+${print(bytes)}` : print(bytes);
}

/** Names of projects and versions are data, not markup. */
function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_[\]<>|#]/g, '\\$&').replaceAll('\n', ' ');
}
