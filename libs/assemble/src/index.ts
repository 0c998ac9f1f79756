export { readArchive } from './archive/readArchive';
export { spillTo } from './archive/spill';
export { unxz } from './archive/unxz';
export { applyLayer, type LayerEntry } from './base/applyLayer';
export { type Images, openImages } from './base/images';
export { listChanges } from './changes';
export { type Commands, type Execution, mounted } from './commands';
export { copyInto } from './copy';

export { elfArchitecture } from './elf';
export { toEntries } from './entries';
export type { Node, Tree } from './node';
export { readContent } from './owners';
export { type AssembledPlatform, assemblePlatform } from './platform';
export { inlineTree } from './sources';
export { type Keep, keepBytes, readTarTree } from './tarTree';
export { baseName, completeTree, nodeAt, parentOf, resolvePath, toTreePath } from './tree';
export { readDirectory } from './walk';
export { writeTree } from './writeTree';
