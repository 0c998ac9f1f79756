import type { Platform } from '@prism-build/containerfile';

/** Constant, so that no plan and no key depends on the machine; nothing that runs commands is planned here. */
export const buildPlatform: Platform = { os: 'linux', architecture: 'amd64' };
