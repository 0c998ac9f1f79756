/** The edits that a commit can make to a work tree. Paths are workspace-relative. */
export interface WorkTree {
  readonly put: (name: string, text: string) => void;
  readonly append: (name: string, text: string) => void;
  /** Replaces every occurrence; throws if there is none. */
  readonly replace: (name: string, from: string, to: string) => void;
  readonly move: (from: string, to: string) => void;
  readonly remove: (name: string) => void;
  readonly allowExecution: (name: string) => void;
  readonly git: (...args: string[]) => string;
}

/** Reasons for selecting an image that does not differ, by category. */
export const reasons = {
  comment: 'a comment is in the key and not in the bytes',
  settings: 'Nx selects everything when nx.json changes',
  ignore: 'an ignore file is in the key of every build of its context, whatever it leaves out',
  failed: 'a build that failed before and fails again has no digest; what it reads has changed',
  deleted: 'Nx selects everything when a file that makes a project is deleted, since edges to it are gone',
  directory: 'Nx 23 selects the project that a file lies in, and its users, whatever their inputs are',
  edge: 'Nx 23 follows an edge of the graph from any file of a library, not only from those that are read',
} as const;

/** Names of projects, separated by spaces; `*` is every project that does not differ. */
type Names = string;
export type Reason = keyof typeof reasons;
export type Beyond = Partial<Record<Reason, Names>>;

/** A commit and its expected effects, stated before anything is built. */
export interface Commit {
  readonly what: string;
  readonly change: (tree: WorkTree) => void;
  /** Images that are new, whose digest changes, or whose build starts to fail or to succeed; `*`: all. */
  readonly differs: Names;
  /** Projects that both versions of Nx select although they do not differ. */
  readonly beyond?: Beyond;
  /** Projects that only Nx 23 selects in addition. */
  readonly beyond23?: Beyond;
}
