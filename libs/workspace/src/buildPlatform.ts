import type { Platform } from '@prism-build/containerfile';

/** The value of BUILDPLATFORM. Constant, so that plans, cache keys and results do not depend on the machine. */
export const buildPlatform: Platform = { os: 'linux', architecture: 'amd64' };
