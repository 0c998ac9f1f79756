export { buildOptions as options } from '@prism-build/builder';
