import { compileFailure, failed, ok, type Result } from '@prism-build/errors';
import type { CompilePlan } from './compilePlan';
import { compileStageName } from './compileStage';
import { planVersion } from './imagePlan';
import type { Reads } from './reads/reads';

/** The plan of a recognised compile stage. Failures name file and line of everything that is not recognised. */
export function planCompile({ containerfile, compile }: Reads, context: string): Result<CompilePlan> {
  switch (compile.kind) {
    case 'absent': {
      const what = `${containerfile} has no stage called ${compileStageName}`;
      return failed(compileFailure('COMPILE_STAGE_NOT_RECOGNISED', { what, at: { file: containerfile } }));
    }
    case 'unrecognised':
      return failed(...compile.failures);
    case 'recognised': {
      const { stage, platforms } = compile;
      return ok({ version: planVersion, kind: 'compile', containerfile, context, ...stage, platforms });
    }
  }
}
