export { compileFailure } from './catalogue/compile';
export { containerfileFailure } from './catalogue/containerfile';
export { engineFailure } from './catalogue/engine';
export { imageFailure } from './catalogue/image';
export { ociFailure } from './catalogue/oci';
export { shellFailure } from './catalogue/shell';
export { defineCatalogue, type Entry, type Occasion } from './define';
export { all, type Failure, failed, ok, type Place, type Result } from './failure';
export { renderFailure, renderFailures } from './render';
