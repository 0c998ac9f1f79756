import type { Content, EntryHeader } from '@prism-build/oci';
import type { Node } from './node';

/**
 * The node that an entry of a tar adds to a tree. `content` is the content of a file. `find` returns the node at the
 * target of a hard link; both paths then share that node. Throws an Error on a hard link to nothing.
 */
export function nodeOf(
  header: EntryHeader,
  content: Content,
  find: (path: string) => Node | undefined,
): Node {
  const { mode, uid, gid, xattrs } = header;
  const common = { mode, uid, gid, ...(xattrs && { xattrs }) };
  switch (header.type) {
    case 'file':
      return { ...common, type: 'file', content };
    case 'directory':
      return { ...common, type: 'directory' };
    case 'symlink':
      return { ...common, type: 'symlink', linkTarget: header.linkTarget };
    case 'hardlink': {
      const target = find(header.linkTarget);
      if (target === undefined) throw new Error(`${header.path} is a hard link to nothing`);
      return target;
    }
    case 'fifo':
      return { ...common, type: 'fifo', major: 0, minor: 0 };
    default:
      return { ...common, type: header.type, major: header.major, minor: header.minor };
  }
}
