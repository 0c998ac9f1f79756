import { hasGlob } from '../glob/tokens';
import { cleanSource } from '../path';
import type { Source } from './resolved';

const URL = /^https?:\/\//;
/** BuildKit's forms of a git remote; `#` introduces a branch and a directory. */
const GIT =
  /^(?:git:\/\/|git@[^/]+:|ssh:\/\/git@|https?:\/\/[^#]*\.git(?:#|$)|https?:\/\/github\.com\/[^/]+\/[^/#]+\.git)/;

/** A source of ADD may be remote, one of COPY never is. */
export function describeSource(text: string, remote: boolean): Source {
  if (remote && GIT.test(text)) return { kind: 'git', url: text };
  if (remote && URL.test(text)) return { kind: 'url', url: text };
  return { kind: 'path', path: cleanSource(text), glob: hasGlob(text), directory: /(?:^|\/)\.?$/.test(text) };
}

/**
 * A source of `COPY --parents`. The part before the first `/./` is the pivot; its directories are not created at the
 * destination. `**` matches any number of directories here, so everything below the part before it is read.
 */
export function describeParents(text: string): Source {
  const at = text.indexOf('/./');
  const pivot = at < 0 ? '.' : cleanSource(text.slice(0, at));
  const pattern = cleanSource(at < 0 ? text : text.slice(at + 3));
  const full = cleanSource(`${pivot}/${pattern}`);
  const parts = full.split('/');
  // A class may match a slash there, too.
  const deep = parts.findIndex((part) => part.includes('**') || part.includes('['));
  const path = deep < 0 ? full : parts.slice(0, deep).join('/') || '.';
  return {
    kind: 'path',
    path,
    glob: hasGlob(path),
    directory: deep >= 0 || /(?:^|\/)\.?$/.test(text),
    parents: { pivot, pattern },
  };
}
