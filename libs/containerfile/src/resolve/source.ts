import { hasGlob } from '../glob';
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
