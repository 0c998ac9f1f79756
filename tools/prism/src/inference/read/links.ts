import { join } from 'node:path';
import { hasGlob, type Source } from '@prism-build/containerfile';
import { type Files, inContext, joined } from '@prism-build/workspace';
import type { Component } from './component';

/** The kernel's limit of links in one path; a build fails beyond it. */
const linkLimit = 40;

/**
 * Sources, and the targets of symbolic links in their paths: COPY follows links, Nx does not. As in the engines, links do
 * not leave the context: `/x` and `../x` start at its root.
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
    // Most paths have no link, and one check shows that.
    if (hasGlob(path) || files.kindOf(inContext(context, path)) === 'link') visit(path, 0);
  }
  if (found.size === 0) return [...sources];
  const given = new Set(sources.flatMap((source) => (source.kind === 'path' ? [source.path] : [])));
  return [...sources, ...[...found.values()].filter((one) => one.kind === 'path' && !given.has(one.path))];
}

/** A component with the link targets of its sources, from which inputs and unhashed facts are made. */
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
 * The links in a directory that a part of a path may match. A pattern counts as matching every link: extra ones only make
 * a key wider.
 */
function namesOf(files: Files, directory: string, part: string): readonly string[] {
  return hasGlob(part) ? files.branches(directory).links : [part];
}
