import type { Beyond, Commit, Reason } from './commit';

/** The outcome of a commit: the images that differ when everything is built, and those that `affected` selected. */
export interface Outcome {
  readonly differs: readonly string[];
  readonly selected: readonly string[];
  /** All images that exist after it. */
  readonly all: readonly string[];
}

export interface Verdict {
  /** Differences from what the commits expect, one line each. */
  readonly wrong: readonly string[];
  readonly selected: number;
  /** Selections of images that do not differ, by reason; all of them were expected. */
  readonly beyond: Readonly<Partial<Record<Reason | 'none', number>>>;
  /** As a share of all selections. */
  readonly share: number;
}

/** Compares the outcome of a history with what its commits expect. All selections count for the share. */
export function judge(commits: readonly Commit[], outcomes: readonly Outcome[], nx: number): Verdict {
  const wrong: string[] = [];
  const beyond: Partial<Record<Reason | 'none', number>> = {};
  let selections = 0;
  for (const [index, commit] of commits.entries()) {
    const { differs, selected, all } = outcomes[index]!;
    const same = all.filter((one) => !differs.includes(one));
    const said = commit.differs === '*' ? all : namesOf(commit.differs);
    const listed = listBeyond(commit, same, nx);
    const complain = (what: string, projects: readonly string[]) => {
      if (projects.length > 0) wrong.push(`nx ${nx}, "${commit.what}" ${what}: ${projects.join(' ')}`);
    };
    const without = (some: readonly string[], others: readonly string[]) =>
      some.filter((one) => !others.includes(one));
    complain('differs, and it was not said', without(differs, said));
    complain('was said to differ, and does not', without(said, differs));
    complain('differs, and is not selected', without(differs, selected));
    complain(
      'is selected without a difference and a reason',
      without(selected, [...differs, ...listed.keys()]),
    );
    complain('has a reason, and is not selected', without([...listed.keys()], selected));
    complain('has a reason, and differs', without([...listed.keys()], same));
    selections += selected.length;
    for (const project of without(selected, differs)) {
      const reason = listed.get(project) ?? 'none';
      beyond[reason] = (beyond[reason] ?? 0) + 1;
    }
  }
  const total = Object.values(beyond).reduce((sum, count) => sum + count, 0);
  return { wrong, selected: selections, beyond, share: total / selections };
}

/** Projects that may be selected without a difference, with their reasons. */
function listBeyond(commit: Commit, same: readonly string[], nx: number): Map<string, Reason> {
  const lists: Beyond[] = [commit.beyond ?? {}, nx === 23 ? (commit.beyond23 ?? {}) : {}];
  const entries = lists.flatMap((list) => Object.entries(list)) as [Reason, string][];
  return new Map(
    entries.flatMap(([reason, names]) =>
      (names === '*' ? same : namesOf(names)).map((name): [string, Reason] => [name, reason]),
    ),
  );
}

const namesOf = (text: string): string[] => text.split(' ').filter(Boolean);
