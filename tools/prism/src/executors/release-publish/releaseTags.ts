import { parse, rcompare } from 'semver';
import type { TagPattern } from '../../nx/readTagPattern';

const VERSION = '{version}';

/** The version that tags of git give a project; the highest if several do, undefined if none does. */
export function versionOfTags(
  tags: readonly string[],
  { pattern, group }: TagPattern,
  project: string,
): string | undefined {
  const [before = '', after = ''] = pattern
    .replaceAll('{projectName}', nameInTags(project))
    .replaceAll('{releaseGroupName}', group)
    .split(VERSION);
  const versions = tags
    .filter((tag) => tag.startsWith(before) && tag.endsWith(after))
    .map((tag) => tag.slice(before.length, tag.length - after.length))
    .filter((text) => /^\d/.test(text) && parse(text) !== null);
  return versions.sort(rcompare)[0];
}

/** As Nx writes it: git allows neither `:` nor these other characters in a tag. */
function nameInTags(project: string): string {
  return project
    .replace(/:/g, '/')
    .replace(/[\s~^?*[\\\]]/g, '-')
    .replace(/\/+/g, '/')
    .replace(/\.{2,}/g, '.')
    .replace(/^\/|\/$/g, '');
}

/** The tag rules of a release. `other` replaces those without the version, of which a prerelease has none otherwise. */
export function releaseTags(rules: readonly string[], other: string | undefined, version: string): string[] {
  const versioned = rules.filter((rule) => rule.includes(VERSION));
  if (other !== undefined) return [...versioned, other];
  return parse(version)?.prerelease.length ? versioned : [...rules];
}
