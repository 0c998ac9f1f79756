export { listConcerned } from './concerned';
export { listDefinitions } from './definitions';
export { type Layout, listMounts, planLayout, shimProgram, startArguments } from './layout';
export { parseState, type ShimState } from './state';
export { type Changes, planUpdate, type Update } from './update';
