import { toWideExpression } from '../declared/patterns';
import type { DeclaredTarget } from '../declared/projectFile';

/** A target of a project. */
export interface Task {
  readonly project: string;
  readonly target: string;
}

type Targets = Readonly<Record<string, Pick<DeclaredTarget, 'dependsOn'>>>;
type Projects = ReadonlyMap<string, Targets>;

/** The order of tasks, as far as files declare it. */
export interface Order {
  readonly isProject: (name: string) => boolean;
  /**
   * Whether `dependsOn` of a target leads to another one. `^build` leads to the targets of that name of every other
   * project, because edges are not known yet. A dependency refused needlessly is reported; a cycle would abort the command.
   */
  readonly leads: (from: Task, to: Task) => boolean;
  /** Adds dependencies that were found. */
  readonly add: (task: Task, before: readonly Task[]) => void;
}

/** @param list the projects, asked for when they are needed; one project may be among them more than once */
export function openOrder(
  list: () => readonly { readonly name: string; readonly targets: Targets }[],
): Order {
  let projects: Map<string, Targets> | undefined;
  const all = () => {
    projects ??= list().reduce(
      (found, { name, targets }) => found.set(name, { ...found.get(name), ...targets }),
      new Map<string, Targets>(),
    );
    return projects;
  };
  return {
    isProject: (name) => all().has(name),
    leads: (from, to) => leadsTo(all(), from, to),
    add: ({ project, target }, before) => {
      const targets = all().get(project);
      const known = targets?.[target]?.dependsOn ?? [];
      const more = before.map((one) => ({ target: one.target, projects: [one.project] }));
      all().set(project, { ...targets, [target]: { dependsOn: [...known, ...more] } });
    },
  };
}

function leadsTo(projects: Projects, from: Task, to: Task): boolean {
  const seen = new Set<string>();
  const visit = (task: Task): boolean => {
    const key = `${task.project}\0${task.target}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return nextOf(projects, task).some(
      (next) => (next.project === to.project && next.target === to.target) || visit(next),
    );
  };
  return visit(from);
}

function nextOf(projects: Projects, { project, target }: Task): Task[] {
  return (projects.get(project)?.[target]?.dependsOn ?? []).flatMap((entry) => {
    if (typeof entry !== 'string') {
      if (typeof entry.target !== 'string') return [];
      if (entry.dependencies) return targetsOf(projects, othersOf(projects, project), entry.target);
      const named = [entry.projects ?? project].flat();
      return targetsOf(projects, matching(projects, named), entry.target);
    }
    if (entry.startsWith('^')) return targetsOf(projects, othersOf(projects, project), entry.slice(1));
    const [first, ...rest] = entry.split(':');
    return rest.length > 0 && projects.has(first!)
      ? targetsOf(projects, [first!], rest.join(':'))
      : targetsOf(projects, [project], entry);
  });
}

function othersOf(projects: Projects, project: string): string[] {
  return [...projects.keys()].filter((name) => name !== project);
}

function matching(projects: Projects, patterns: readonly string[]): string[] {
  if (patterns.every((pattern) => projects.has(pattern))) return [...patterns];
  // Tags and directories are not resolved: they may mean any project.
  if (patterns.some((pattern) => /[:/!]/.test(pattern))) return [...projects.keys()];
  const expressions = patterns.map(toWideExpression);
  return [...projects.keys()].filter((name) => expressions.some((expression) => expression.test(name)));
}

/** Names count even if no project is known to have the target: a plugin may add it. */
function targetsOf(projects: Projects, names: readonly string[], target: string): Task[] {
  if (!/[*?[\]{}()!+@]/.test(target)) return names.map((project) => ({ project, target }));
  const expression = toWideExpression(target);
  return names.flatMap((project) =>
    Object.keys(projects.get(project) ?? {})
      .filter((name) => expression.test(name))
      .map((name) => ({ project, target: name })),
  );
}
