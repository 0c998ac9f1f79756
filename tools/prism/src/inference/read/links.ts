import { join } from 'node:path';
import { hasGlob, type Source } from '@prism-build/containerfile';
import { type Files, inContext, joined } from '@prism-build/workspace';
import type { Component } from './component';

/** As the kernel's: a build follows no more on the way of one path either, and ends. */
const linkLimit = 40;

/**
 * Sources together with what symbolic links on their way lead to: COPY follows them, Nx does not. Links lead
 * nowhere out of the context, as for the engines: `/x` and `../x` begin at its root.
 */
export function followSources(context: string, sources: readonly Source[], files: Files): Source[] {
  const found = new Map<string, Source>();
  const followed = new Map<string, number>();
  const visit = (path: string, links: number): void => {
    const clean = join('/', path).slice(1);
    const known = followed.get(clean) ?? linkLimit + 1;
    if (links >= known || found.size > 1000) return;
    followed.set(clean, links);
    found.set(clean, {
      kind: 'path',
      path: clean === '' ? '.' : clean,
      glob: hasGlob(clean),
      directory: false,
    });
    const parts = clean.split('/');
    let before = '';
    for (const [index, part] of parts.entries()) {
      for (const name of namesOf(files, inContext(context, before), part)) {
        const target = files.linkOf(inContext(context, joined(before, name)));
        if (target === undefined) continue;
        const start = target.startsWith('/') ? '/' : join('/', before);
        visit(join(start, target, ...parts.slice(index + 1)), links + 1);
      }
      if (hasGlob(part)) return;
      before = joined(before, part);
    }
  };
  for (const source of sources) {
    if (source.kind !== 'path') continue;
    const path = source.path === '.' ? '' : source.path;
    // Most have no link on their way, and one look says so.
    if (hasGlob(path) || files.kindOf(inContext(context, path)) === 'link') visit(path, 0);
  }
  if (found.size === 0) return [...sources];
  const given = new Set(sources.flatMap((source) => (source.kind === 'path' ? [source.path] : [])));
  return [...sources, ...[...found.values()].filter((one) => one.kind === 'path' && !given.has(one.path))];
}

/** A component with what links on the way of its sources lead to: inputs and what Nx does not hash are made of it. */
export function followComponent(context: string, component: Component, files: Files): Component {
  const { modes, compile } = component;
  const image = followSources(context, component.image, files);
  return {
    ...component,
    image,
    modes: modes === component.image ? image : followSources(context, modes, files),
    compile: compile && { ...compile, sources: followSources(context, compile.sources, files) },
  };
}

/**
 * The names in a directory that a part of a path may stand for, as far as they may be links. A pattern may match any
 * link; one too many only makes a key wider.
 */
function namesOf(files: Files, directory: string, part: string): readonly string[] {
  return hasGlob(part) ? files.branches(directory).links : [part];
}
