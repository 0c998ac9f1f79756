import { copyInto, inlineTree, type Node, type Tree } from '@prism-build/assemble';
import { parentOf, parseIgnoreFile } from '@prism-build/containerfile';
import { ok, type Result } from '@prism-build/errors';
import { partsHold, recogniseCommand } from '@prism-build/languages';
import type { CompilePlan } from '@prism-build/plan';
import { noFacts, openFiles, readContextTree, readIgnoreRules, readStage } from '@prism-build/workspace';

/**
 * The tree that the compiler of a stage sees: the files of its COPY lines that the compiler reads. `readStage` also makes
 * the cache key, so the tree lacks every file that the key does not cover.
 *
 * @param alsoReads paths of the context that count as read, in addition to those that sources show
 */
export function stageTree(root: string, plan: CompilePlan, alsoReads: readonly string[] = []): Result<Tree> {
  const copied = copiedTree(root, plan);
  const files = openFiles(root, noFacts);
  const rules = readIgnoreRules(files.text, plan.containerfile, plan.context);
  if (!copied.ok || !rules.ok) return copied.ok ? (rules as Result<Tree>) : copied;
  const reading = readStage(plan, plan.context, plan.platforms, rules.value, files, alsoReads);
  if (!reading.closure) return withoutUnread(copied.value, plan);
  const holds = partsHold(reading.closure);
  const kept = new Map<string, Node>();
  for (const [path, node] of copied.value) {
    if (node.type === 'directory' || !holds(path)) continue;
    keepParents(kept, path, copied.value);
    kept.set(path, node);
  }
  // The command's working directory must exist even if no file in it is read.
  const working = plan.working.replace(/^\//, '');
  if (copied.value.has(working)) keepParents(kept, `${working}/x`, copied.value);
  for (const path of reading.closure.placeholders) {
    if (kept.has(path)) continue;
    keepParents(kept, path, copied.value);
    kept.set(path, {
      ...owned,
      type: 'file',
      mode: 0o644,
      content: { kind: 'bytes', bytes: new Uint8Array() },
    });
  }
  return ok(kept);
}

const owned = { uid: 0, gid: 0 };
const plainDirectory: Node = { ...owned, type: 'directory', mode: 0o755 };

function keepParents(kept: Map<string, Node>, path: string, copied: Tree): void {
  const parent = parentOf(path);
  if (parent === '' || kept.has(parent)) return;
  keepParents(kept, parent, copied);
  kept.set(parent, copied.get(parent) ?? plainDirectory);
}

/** The tree that the stage's COPY lines make. */
export function copiedTree(root: string, plan: CompilePlan): Result<Tree> {
  // `/./` is the pivot of --parents.
  const paths = plan.copies.flatMap(({ from, sources }) =>
    from.kind === 'context' ? sources.map((source) => source.replace('/./', '/')) : [],
  );
  const context = readContextTree(root, plan.containerfile, plan.context, paths);
  if (!context.ok) return context;
  let tree: Tree = new Map();
  for (const step of plan.copies) {
    const at = { file: plan.containerfile, line: step.line };
    const source = step.from.kind === 'inline' ? inlineTree(step.from.files) : context.value;
    const { sources, destination, parents } = step;
    const rules = parseIgnoreFile(step.exclude.join('\n'), plan.containerfile);
    if (!rules.ok) return rules;
    const excluded = step.exclude.length > 0 ? rules.value.ignores : undefined;
    const done = copyInto(tree, source, { sources, destination, parents, excluded, at });
    if (!done.ok) return done;
    tree = done.value.tree;
  }
  return ok(tree);
}

/** The tree of all files that COPY takes, without those that compilers of the language never read. */
export function wideTree(root: string, plan: CompilePlan): Result<Tree> {
  const copied = copiedTree(root, plan);
  return copied.ok ? withoutUnread(copied.value, plan) : copied;
}

function withoutUnread(tree: Tree, plan: CompilePlan): Result<Tree> {
  const { language } = recogniseCommand(plan.argv)!;
  const unread = parseIgnoreFile(language.sources.neverRead.join('\n'), language.name);
  if (!unread.ok) return unread;
  return ok(new Map([...tree].filter(([path]) => !unread.value.ignores(path, false))));
}
