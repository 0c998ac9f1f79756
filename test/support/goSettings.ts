import { join } from 'node:path';
import { repository } from './plugin';

const cache = process.env.PRISM_CACHE_DIR ?? join(repository, '.prism/cache');

/** The go command with the caches and flags of the images' compiler, so that each reuses what the other compiled. */
export const goSettings: Readonly<Record<string, string>> = {
  GOCACHE: join(cache, 'gobuild'),
  GOMODCACHE: join(cache, 'gomod'),
  GOFLAGS: '-mod=readonly -trimpath -tags=grpcnotrace',
  CGO_ENABLED: '0',
};
