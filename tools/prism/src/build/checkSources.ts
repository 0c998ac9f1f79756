import * as fs from 'node:fs';
import { relative } from 'node:path';
import type { Tree } from '@prism-build/assemble';
import { type Failure, failed, ok, type Result } from '@prism-build/errors';
import { type CheckedSources, type Pin, recogniseCommand, type SourceEntry } from '@prism-build/languages';
import type { CompilePlan } from '@prism-build/plan';

/** Lets the language refuse, by name, whatever the stage or its sources set and the compiler would not get. */
export function checkSources(root: string, plan: CompilePlan, pin: Pin, tree: Tree): Result<void> {
  const { language, recognised } = recogniseCommand(plan.argv)!;
  if (!language.check) return ok(undefined);
  const request = {
    recognised,
    pin,
    targets: plan.platforms.map(({ platform }) => platform),
    working: workingDirectory(plan),
    environment: (target: object) =>
      plan.platforms.find(({ platform }) => platform === target)?.environment ?? {},
    at: { file: plan.containerfile, line: plan.line },
  };
  const failures: readonly Failure[] = language.check(request, readTree(root, tree));
  return failures.length > 0 ? failed(...failures) : ok(undefined);
}

/** WORKDIR of the command, relative to the root of the stage. */
export function workingDirectory({ working }: CompilePlan): string {
  return working.replace(/^\//, '');
}

/** A tree of sources as languages read one. */
export function readTree(root: string, tree: Tree): CheckedSources {
  const contentOf = (path: string) => {
    const node = tree.get(path);
    return node?.type === 'file' ? node.content : undefined;
  };
  return {
    facts: (path, _kind, parse) => {
      const content = contentOf(path);
      if (!content) return undefined;
      const bytes = content.kind === 'file' ? fs.readFileSync(content.path) : content.bytes;
      return parse(Buffer.from(bytes).toString('utf8'));
    },
    list: (directory) => {
      const prefix = directory === '' ? '' : `${directory}/`;
      return [...tree].flatMap(([path, node]): SourceEntry[] => {
        const name = path.startsWith(prefix) ? path.slice(prefix.length) : '';
        return name === '' || name.includes('/') ? [] : [{ name, directory: node.type === 'directory' }];
      });
    },
    placeOf: (path) => {
      const content = contentOf(path);
      return content?.kind === 'file' ? relative(root, content.path) : path;
    },
  };
}
