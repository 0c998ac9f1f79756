import type { Platform } from '@prism-build/containerfile';

/** Constant, so that no plan, no key and no result of a command depends on the machine. */
export const buildPlatform: Platform = { os: 'linux', architecture: 'amd64' };
