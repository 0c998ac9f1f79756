import { all, failed, ok, pushFailure, type Result } from '@prism-build/errors';

/** What the placeholders of tag rules stand for. */
export interface TagFacts {
  /** The version of the project. */
  readonly version: string | undefined;
  /** The full id of the commit that is checked out. */
  readonly commit: string | undefined;
  /** Whether the work tree has changes that are not committed. */
  readonly dirty: boolean;
  readonly branch: string | undefined;
}

export interface Tag {
  readonly name: string;
  readonly rule: string;
  /** An immutable tag is never moved to another digest. */
  readonly immutable: boolean;
}

const placeholder = /\{(\w*)\}/g;
const valid = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
/** As in the output of `git log --abbrev=12`. */
const SHORT = 12;

/** The placeholders that these rules use, such as `sha`. */
export function listPlaceholders(rules: readonly string[]): string[] {
  const found = rules.flatMap((rule) => [...rule.matchAll(placeholder)].map(([, name = '']) => name));
  return [...new Set(found)];
}

/**
 * The tags of rules such as `v{version}`, each once; a tag of a variant ends with `-<variant>`. A rule that contains a text
 * of `immutable` makes immutable tags, except `{sha}` of a work tree with changes, which makes `<sha>-dirty`.
 * Failures: PUSH_TAG_INVALID, one for each rule that gives no tag.
 */
export function makeTags(
  rules: readonly string[],
  facts: TagFacts,
  variant: string | undefined,
  immutable: readonly string[],
): Result<readonly Tag[]> {
  if (rules.length === 0) {
    const what = 'no tag is named, so nothing could find the image';
    return failed(pushFailure('PUSH_TAG_INVALID', { what, remedy: 'Add a rule to the option `tags`.' }));
  }
  const made = all(rules.map((rule) => makeTag(rule, facts, variant, immutable)));
  if (!made.ok) return made;
  return ok([...new Map(made.value.map((tag) => [tag.name, tag])).values()]);
}

function makeTag(
  rule: string,
  facts: TagFacts,
  variant: string | undefined,
  immutable: readonly string[],
): Result<Tag> {
  const values = valuesOf(facts);
  const missing = listPlaceholders([rule]).find((name) => values[name] === undefined);
  if (missing !== undefined) {
    const known = missing in values;
    const what = known
      ? `the tag rule ${rule} needs {${missing}}, which is not known here`
      : `the tag rule ${rule} has an unknown placeholder {${missing}}`;
    const remedy =
      remedies[missing] ??
      `Use ${Object.keys(values)
        .map((name) => `{${name}}`)
        .join(', ')} or plain text.`;
    return failed(pushFailure('PUSH_TAG_INVALID', { what, remedy }));
  }
  const text = rule.replace(placeholder, (_, name: string) => values[name]!);
  const name = variant === undefined ? text : `${text}-${variant}`;
  if (!valid.test(name)) {
    const what = `the tag rule ${rule} gives ${JSON.stringify(name)}, which is no tag`;
    return failed(pushFailure('PUSH_TAG_INVALID', { what }));
  }
  const unfinished = facts.dirty && rule.includes('{sha}');
  return ok({ name, rule, immutable: !unfinished && immutable.some((text) => rule.includes(text)) });
}

function valuesOf({ version, commit, dirty, branch }: TagFacts): Record<string, string | undefined> {
  return {
    // `+` of semantic versions is not allowed in tags.
    version: version?.replaceAll('+', '_'),
    sha: commit && `${commit.slice(0, SHORT)}${dirty ? '-dirty' : ''}`,
    branch: branch?.replaceAll(/[^A-Za-z0-9._-]+/g, '-').replace(/^[.-]+/, ''),
  };
}

const remedies: Readonly<Record<string, string>> = {
  version: 'Add "version" to package.json of the project, or pass --imageVersion=<version>.',
  sha: 'Run the target in a git work tree with a commit.',
  branch: 'Check out a branch, or set GITHUB_REF_NAME, CI_COMMIT_REF_NAME or BRANCH_NAME.',
};
