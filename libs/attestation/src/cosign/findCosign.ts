import { join, resolve } from 'node:path';
import { failed, ok, type Result, signFailure } from '@prism-build/errors';
import { findOnPath, isExecutable, type Run } from '@prism-build/shell';

/** The version that install-cosign installs. */
const installedVersion = '2.5.0';

/**
 * The path of cosign: PRISM_COSIGN if set, else where install-cosign puts it below the shared cache, else the first on PATH. If
 * there is none, returns the path of the installed one, so that the failure names it.
 */
export function findCosign(root: string, cache: string, env: NodeJS.ProcessEnv): string {
  if (env.PRISM_COSIGN) return resolve(root, env.PRISM_COSIGN);
  const installed = join(cache, 'tools', `cosign-${installedVersion}`, 'cosign');
  return isExecutable(installed) ? installed : (findOnPath('cosign', env) ?? installed);
}

/**
 * The version of a usable cosign; undefined if it prints none, as Debian's. Version 3 writes signatures in a form that podman does
 * not verify. Failures: SIGN_COSIGN_MISSING, SIGN_COSIGN_UNSUPPORTED.
 */
export async function checkCosign(run: Run, program: string): Promise<Result<string | undefined>> {
  const done = await run({ argv: [program, 'version', '--json'], timeout: 20_000 });
  if (done.ok) return judgeVersion(program, done.value.stdout);
  if (done.failures[0]?.code === 'COMMAND_NOT_FOUND')
    return failed(signFailure('SIGN_COSIGN_MISSING', { what: `there is no ${program}` }));
  const [{ why } = { why: undefined }] = done.failures;
  return failed(signFailure('SIGN_COSIGN_UNSUPPORTED', { what: `${program} is no cosign`, why }));
}

function judgeVersion(program: string, text: string): Result<string | undefined> {
  const [, version, major, minor] = /"gitVersion":\s*"v?((\d+)\.(\d+)[^"]*)"/.exec(text) ?? [];
  if (version === undefined || (Number(major) === 2 && Number(minor) >= 2)) return ok(version);
  const what = `${program} is cosign ${version}`;
  return failed(signFailure('SIGN_COSIGN_UNSUPPORTED', { what }));
}
