import { ok, type Result } from '@prism-build/errors';
import { planCompile, resolveReads } from '@prism-build/plan';
import { withLock } from '@prism-build/shell';
import { lockPath } from '@prism-build/workspace';
import { compilePlanned } from './compile/compilePlanned';
import type { CompileManifest } from './compileManifest';
import { readRequest } from './request';
import type { StepInput, StepReport } from './step';

/** Runs a recognised compile stage for all platforms, with the host's toolchain or that of the builder base. */
export async function compileStep(input: StepInput): Promise<Result<StepReport>> {
  const { directories, options, project } = input;
  const request = readRequest(directories.root, options);
  if (!request.ok) return request;
  const reads = resolveReads(request.value);
  const plan = planCompile(reads, options.context);
  if (!plan.ok) return plan;
  if (options.dryRun) return ok({ text: `${JSON.stringify(plan.value, null, 2)}\n` });
  const work = () => compilePlanned(input, plan.value);
  const done = await withLock(lockPath(directories, `compile-${project}`), work);
  if (!done.ok) return done;
  const { manifest, notes, widened } = done.value;
  const said = notes.map((note) => `note: ${note}\n`).join('');
  return ok({ text: describe(manifest) + said, reads, manifest, ...(widened && { widened }) });
}

/** One line for each binary or directory at the top of the output. */
function describe(manifest: CompileManifest): string {
  const rows = manifest.platforms.flatMap(({ platform, files }) =>
    [...new Set(files.map(({ path }) => path.split('/')[0]!))].map((top) => {
      const size = files
        .filter(({ path }) => path === top || path.startsWith(`${top}/`))
        .reduce((sum, file) => sum + file.size, 0);
      return `  ${platform.padEnd(14)} ${top}  ${(size / 1e6).toFixed(2)} MB\n`;
    }),
  );
  return rows.join('');
}
