/** What a commit may do to a work tree; paths are workspace-relative. */
export interface WorkTree {
  readonly put: (name: string, text: string) => void;
  readonly append: (name: string, text: string) => void;
  /** Every occurrence; throws where there is none. */
  readonly replace: (name: string, from: string, to: string) => void;
  readonly move: (from: string, to: string) => void;
  readonly remove: (name: string) => void;
  readonly allowExecution: (name: string) => void;
  readonly git: (...args: string[]) => string;
}

/** Why more may be selected than differs, by category. */
export const reasons = {
  comment: 'a comment is in the key and not in the bytes',
  settings: 'Nx selects everything when nx.json changes',
  ignore: 'an ignore file is in the key of every build of its context, whatever it leaves out',
  failed: 'a build that failed before and fails again has no digest; what it reads has changed',
  deleted: 'Nx selects everything when a file that makes a project is deleted, since edges to it are gone',
  directory: 'Nx 23 selects the project that a file lies in, and its users, whatever their inputs are',
  edge: 'Nx 23 follows an edge of the graph from any file of a library, not only from those that are read',
} as const;

/** Names of projects, separated by blanks; `*` is every one that does not differ. */
export type Names = string;
export type Reason = keyof typeof reasons;
export type Beyond = Partial<Record<Reason, Names>>;

/** A commit, and what it must lead to, said before anything is built. */
export interface Commit {
  readonly what: string;
  readonly change: (tree: WorkTree) => void;
  /** Images whose digest is another one after it, that are new, or that fail or build where they did not; `*`: all. */
  readonly differs: Names;
  /** Selected without a difference, by both versions of Nx. */
  readonly beyond?: Beyond;
  /** Those that Nx 23 selects besides. */
  readonly beyond23?: Beyond;
}
