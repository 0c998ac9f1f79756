import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  buildOptions,
  findToolchain,
  inheritedForFetching,
  readPin,
  readRequest,
} from '@prism-build/builder';
import { formatPlatform } from '@prism-build/containerfile';
import { all, compileFailure, failed, ok, type Result } from '@prism-build/errors';
import {
  machineOf,
  recogniseCommand,
  resolveWheels,
  type Target,
  type Toolchain,
} from '@prism-build/languages';
import { type CompilePlan, planCompile, resolveReads } from '@prism-build/plan';
import { readTextIfThere, run } from '@prism-build/shell';
import { parseOptions } from '../../nx/parseOptions';
import type { Locker, LockRequest } from '../locker';
import {
  describeWheelChanges,
  encodeWheelsLock,
  type LockedWheel,
  mergeWheels,
  parseReport,
  requirementsFile,
  wheelsLockFile,
} from './lockfile';

/** Wheels that a Python component needs: requirements.in beside its Containerfile, resolved by pip for each platform. */
export const wheelsLocker: Locker = async (request) => {
  const { directories, root, image } = request;
  const requirements = join(directories.root, root, requirementsFile);
  if (image === undefined || readTextIfThere(requirements) === undefined) return ok(undefined);
  const plan = readPlan(request);
  // Only recognised Python stages have this lock. Failures of the stage are reported by compiling.
  const found = plan.ok ? recogniseCommand(plan.value.argv) : undefined;
  if (!plan.ok || found?.language.name !== 'python') return ok(undefined);
  const pin = readPin(directories.root, plan.value);
  if (!pin.ok) return pin;
  const toolchain = findToolchain(found.language, pin.value, plan.value, directories.cache);
  if (!toolchain.ok) return toolchain;
  const inherited = inheritedForFetching(found.language.dependencies?.inherits ?? [], process.env);
  const reports = await Promise.all(
    plan.value.platforms.map(({ platform }) => resolve(toolchain.value, requirements, platform, inherited)),
  );
  const resolved = all(reports);
  if (!resolved.ok) return resolved;
  const wheels = mergeWheels(
    resolved.value.map((wheels, index) => ({
      machine: machineOf(plan.value.platforms[index]!.platform),
      wheels,
    })),
  );
  if (!wheels.ok) return wheels;
  const path = join(root, wheelsLockFile);
  const before = readTextIfThere(join(directories.root, path)) ?? '';
  return ok({
    path,
    text: encodeWheelsLock(wheels.value),
    changes: describeWheelChanges(before, wheels.value),
  });
};

function readPlan({ directories, project, image }: LockRequest): Result<CompilePlan> {
  const options = parseOptions(buildOptions, image, `${project}:build-image`);
  if (!options.ok) return options;
  const request = readRequest(directories.root, options.value);
  return request.ok ? planCompile(resolveReads(request.value), options.value.context) : request;
}

/** Lets pip resolve without installing. Discards files that it fetched to read metadata. */
async function resolve(
  toolchain: Toolchain,
  requirements: string,
  platform: Target,
  env: Readonly<Record<string, string>>,
): Promise<Result<LockedWheel[]>> {
  const scratch = mkdtempSync(join(tmpdir(), 'prism-lock-'));
  try {
    const call = resolveWheels(toolchain, { requirements, target: platform, scratch });
    const ran = await run({ ...call, env: { ...call.env, ...env } });
    if (ran.ok) return parseReport(ran.value.stdout, formatPlatform(platform), hashFile);
    const why = ran.failures.map((failure) => failure.why ?? failure.what).join('\n');
    const what = `pip finds no wheels for ${formatPlatform(platform)}`;
    return failed(compileFailure('WHEELS_UNRESOLVED', { what, why }));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function hashFile(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
