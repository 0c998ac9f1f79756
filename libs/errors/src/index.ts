export { compileFailure } from './catalogue/compile';
export { containerfileFailure } from './catalogue/containerfile';
export { engineFailure } from './catalogue/engine';
export { generateFailure } from './catalogue/generate';
export { imageFailure } from './catalogue/image';
export { ociFailure } from './catalogue/oci';
export { registryFailure } from './catalogue/registry';
export { rootfsFailure } from './catalogue/rootfs';
export { scanFailure } from './catalogue/scan';
export { shellFailure } from './catalogue/shell';
export {
  type Checked,
  checked,
  failuresOf,
  joinFields,
  joinList,
  joinResults,
  mapChecked,
} from './checked';
export { defineCatalogue, type Entry, type Occasion } from './define';
export { distinctFailures } from './distinct';
export { all, type Failure, failed, ok, type Place, type Result } from './failure';
export { renderFailure, renderFailures } from './render';
