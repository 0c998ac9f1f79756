import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ok, type Result } from '@prism-build/errors';
import { materialize } from '@prism-build/oci';
import {
  type Connection,
  type Patience,
  type Pushed,
  type PushPlan,
  pushCalls,
  pushImage,
  withCredentials,
} from '@prism-build/registry';
import { run } from '@prism-build/shell';
import { lockPath } from '@prism-build/workspace';
import type { VerifiedImage } from '../../nx/readVerifiedImage';

/** How a push may behave, from the options of the target. */
export interface SendOptions {
  readonly connection: Connection;
  readonly force: boolean;
  /** Signs what is there by digest. */
  readonly sign?:
    | ((env: Readonly<Record<string, string>> | undefined) => Promise<Result<unknown>>)
    | undefined;
  /** Milliseconds for one call of skopeo. */
  readonly timeout: number;
  readonly patience: Patience;
}

/** Carries out a push plan. The layout that it sends is temporary, made of hard links and verified. */
export function sendImage(
  plan: PushPlan,
  { directories, directory, store, fetchBases, image }: VerifiedImage,
  { connection, force, sign, timeout, patience }: SendOptions,
): Promise<Result<Pushed>> {
  const outDir = join(directories.prism, 'push', plan.image.replaceAll('/', '__'));
  const layout = async (): Promise<Result<string>> => {
    const made = await materialize({
      store,
      imageDirs: [directory],
      outDir,
      fetch: () => fetchBases(image.platforms.flatMap(({ layers }) => layers)),
      lockPath: lockPath(directories, `push-layout-${plan.image}`),
    });
    return made.ok ? ok(outDir) : made;
  };
  return withCredentials(plan.destination.registry, process.env, async (env) => {
    try {
      const tools = {
        run,
        calls: pushCalls(connection),
        timeout,
        env,
        patience,
        told: tellRetry(plan),
      };
      return await pushImage(tools, plan, { force, layout, beforeTags: sign && (() => sign(env)) });
    } finally {
      await rm(outDir, { recursive: true, force: true });
    }
  });
}

function tellRetry({ image }: PushPlan) {
  return (failures: readonly { readonly what: string }[], milliseconds: number) =>
    void process.stderr.write(
      `${image}: ${failures[0]?.what}; again in ${Math.ceil(milliseconds / 1000)} s\n`,
    );
}
