import { failed, ok, type Result, rootfsFailure } from '@prism-build/errors';
import type { Run } from '@prism-build/shell';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Go module proxies from GOPROXY, else from the machine's go. Skips `direct` and settings for private modules: every
 * download is verified against the lock.
 */
export async function findModuleProxies(env: Environment, run: Run): Promise<Result<string[]>> {
  const named = proxiesIn(env.GOPROXY ?? '');
  if (named.length > 0) return ok(named);
  const asked = await run({ argv: ['go', 'env', 'GOPROXY'], env: goEnvironment(env) });
  const proxies = asked.ok ? proxiesIn(asked.value.stdout) : [];
  if (proxies.length > 0) return ok(proxies);
  const what = 'no source of Go modules is known';
  const remedy = 'Set GOPROXY to the address of a module proxy, or install any version of Go.';
  return failed(
    rootfsFailure('MIRROR_UNKNOWN', { what, remedy, why: asked.ok ? undefined : asked.failures[0]?.what }),
  );
}

/** The path of a module's archive at a proxy (the GOPROXY protocol: capitals are escaped). */
export function modulePath(module: string, version: string): string {
  const escaped = (text: string) => text.replaceAll(/[A-Z]/g, (capital) => `!${capital.toLowerCase()}`);
  return `${escaped(module)}/@v/${escaped(version)}.zip`;
}

function proxiesIn(text: string): string[] {
  return text
    .trim()
    .split(/[,|]/)
    .map((one) => one.trim())
    .filter((one) => /^(https?|file):/.test(one));
}

/** Without this, an older Go would refuse to run because of a go.work that needs a newer one. */
function goEnvironment(env: Environment): Record<string, string> {
  const { PATH = '', HOME = '' } = env;
  return { PATH, HOME, GOWORK: 'off', GOTOOLCHAIN: 'local' };
}
