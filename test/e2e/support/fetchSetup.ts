import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { goSettings } from '../../support/goSettings';
import { base } from './base';
import { findGo } from './compilers';
import { run } from './run';
import { nx, root } from './workspace';

/** For suites that build nothing in the workspace: fetches what their clones compile without a network. */
export default async function fetchSetup(): Promise<void> {
  chmodSync(base(), 0o755);
  await nx(['build-image', 'base-static']);
  const env = { ...process.env, ...goSettings, GOTOOLCHAIN: 'local' };
  await run([findGo(), 'mod', 'download'], { cwd: join(root, 'plugins/memstore'), env });
}
