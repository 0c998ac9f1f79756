import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { goSettings } from '../../support/goSettings';
import { base, clientPath } from './base';
import { findGo } from './compilers';
import { run } from './run';
import { nx, projectList, root } from './workspace';

/** Builds once what all suites use: the images, as files, and the gRPC client. */
export default async function globalSetup(): Promise<void> {
  // Other users (postgres, 65532) read their files below it.
  chmodSync(base(), 0o755);
  await nx(['run-many', '-t', 'build-image', projectList], { timeout: 1_500_000 });
  const env = { ...process.env, ...goSettings, GOWORK: 'off', GOTOOLCHAIN: 'local' };
  const cwd = join(root, 'test/e2e/client');
  await run([findGo(), 'build', '-o', clientPath(), '.'], { cwd, env, timeout: 600_000 });
}
