export { readArchive } from './archive';
export { copyInto } from './copy';
export type { Copy } from './copyRequest';
export { elfArchitecture } from './elf';
export { toEntries } from './entries';
export type { DirectoryNode, FileNode, Node, Tree } from './node';
export { type AssembledPlatform, assemblePlatform } from './platform';
export { inlineTree } from './stage';
export { readDirectory } from './walk';
