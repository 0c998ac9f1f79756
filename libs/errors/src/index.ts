export { defineCatalogue, type Entry, type Occasion } from './define.js';
export { all, type Failure, failed, ok, type Place, type Result } from './failure.js';
export { renderFailure, renderFailures } from './render.js';
export { containerfileFailure } from './catalogue/containerfile.js';
export { ociFailure } from './catalogue/oci.js';
