import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './plugin';

const settings = join(repository, '.prism', 'containers.conf');

/** Engine settings that set-up wrote for this machine, unless its user has their own. */
export const engineSettings: Readonly<Record<string, string>> =
  existsSync(settings) && !process.env.CONTAINERS_CONF ? { CONTAINERS_CONF: settings } : {};
