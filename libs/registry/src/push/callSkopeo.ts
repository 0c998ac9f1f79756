import { type Failure, failed, ok, type Result, shellFailure } from '@prism-build/errors';
import type { Run } from '@prism-build/shell';
import type { Reference } from '../reference';
import type { PushCalls } from './pushCalls';
import { describePushFailure } from './pushFailures';
import { type Patience, withRetries } from './retry';

/** What a push needs besides its plan. */
export interface PushTools {
  readonly run: Run;
  readonly calls: PushCalls;
  readonly patience: Patience;
  /** Milliseconds for one call of skopeo. */
  readonly timeout: number;
  /** The environment of skopeo; `undefined` inherits everything. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Called before each retry. */
  readonly told?: (failures: readonly Failure[], milliseconds: number) => void;
}

/** Runs a call of skopeo for `image`, and gives its standard output. Failures: PUSH_…, COMMAND_NOT_FOUND. */
export function callSkopeo(
  { run, patience, timeout, env, told }: Omit<PushTools, 'calls'>,
  image: Reference,
  argv: readonly [string, ...string[]],
): Promise<Result<Uint8Array>> {
  return withRetries(
    patience,
    async () => {
      const done = await run({ argv, timeout, exact: true, ...(env && { env }) });
      if (done.ok) return ok(Buffer.from(done.value.stdout));
      if (done.failures[0]?.code === 'COMMAND_NOT_FOUND') {
        const remedy = 'Install skopeo (Debian: apt-get install skopeo).';
        const what = 'images are pushed by skopeo, which is not installed';
        return failed(shellFailure('COMMAND_NOT_FOUND', { what, remedy }));
      }
      return failed(...done.failures.map((failure) => describePushFailure(image, failure)));
    },
    told,
  );
}

/** The bytes behind a name; not verified. */
export function readManifest(tools: PushTools, image: Reference): Promise<Result<Uint8Array>> {
  return callSkopeo(tools, image, tools.calls.read(image));
}

/** Whether a registry was asked, and has no such image. */
export function isMissing(read: Result<unknown>): boolean {
  return !read.ok && read.failures.every(({ code }) => code === 'PUSH_REPOSITORY_MISSING');
}
