export { readArchive } from './archive';
export { type Copy, copyInto } from './copy';
export { elfArchitecture } from './elf';
export { toEntries } from './entries';
export type { Content, DirectoryNode, FileNode, Node, Tree } from './node';
export { type AssembledPlatform, assemblePlatform } from './platform';
export { readDirectory } from './walk';
