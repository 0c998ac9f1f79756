export { base } from './base';
export { ci } from './ci';
export { component } from './component';
export { init } from './init';
export { plugin } from './plugin';
