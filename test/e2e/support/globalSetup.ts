import { chmodSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { base, clientPath } from './base';
import { which } from './needs';
import { run } from './run';
import { nx, projectList, root } from './workspace';

/** Builds once what every suite reads: the images, as files, and the gRPC client. */
export default async function globalSetup(): Promise<void> {
  // Others (postgres, 65532) look for their files below it.
  chmodSync(base(), 0o755);
  await nx(['run-many', '-t', 'build-image', projectList], { timeout: 1_500_000 });
  const env = {
    ...process.env,
    GOWORK: 'off',
    GOTOOLCHAIN: 'local',
    GOFLAGS: '-mod=readonly',
    CGO_ENABLED: '0',
  };
  const cwd = join(root, 'test/e2e/client');
  await run([findGo(), 'build', '-trimpath', '-o', clientPath(), '.'], { cwd, env, timeout: 600_000 });
}

/** The Go on PATH, or the one that the workspace's setup fetched. */
function findGo(): string {
  const modules = join(process.env.PRISM_CACHE_DIR ?? join(root, '.prism/cache'), 'gomod/golang.org');
  const fetched = listDirectory(modules)
    .filter((name) => name.startsWith('toolchain@'))
    .map((name) => join(modules, name, 'bin/go'));
  const found = fetched.at(-1) ?? which('go');
  if (!found) throw new Error('the end-to-end tests need Go; run tools/setup first');
  return found;
}

function listDirectory(path: string): string[] {
  try {
    return readdirSync(path).sort();
  } catch {
    return [];
  }
}
