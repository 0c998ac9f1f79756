import { join, relative } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { failed, ok, promoteFailure, type Result } from '@prism-build/errors';
import {
  encodeReceipt,
  formatReference,
  makeReceipt,
  type Receipt,
  type Reference,
} from '@prism-build/registry';
import { attempt, writeFileAtomic } from '@prism-build/shell';
import { imageKey } from '@prism-build/workspace';
import { openSiblings } from '../../nx/openSiblings';
import { parsePlace, parseTarget } from '../../promotion/places';
import { type Released, release } from '../../promotion/release';
import { reachOf } from '../../signing/reach';
import { readReceipt } from '../push-manifest/receiptFile';
import type { ScanShared } from '../scan/scanStep';
import type { PromoteOptions } from './options';

/** Promotes an image of a project, and writes a receipt. */
export async function promoteStep(
  project: string,
  options: PromoteOptions,
  context: ExecutorContext,
  shared: ScanShared,
): Promise<Result<string>> {
  const { variant, sign, key, dryRun, json } = options;
  const from = findSource(project, options, context);
  if (!from.ok) return from;
  const to = parseTarget('to', options.to, from.value);
  if (!to.ok) return to;
  const declared = openSiblings(context).optionsOf(project, variant);
  if (!declared.ok) return declared;
  const { platforms } = declared.value;
  const released = await release(
    {
      event: 'promote',
      project,
      variant,
      from: from.value,
      to: to.value,
      platforms,
      sign,
      key,
      dryRun,
      overrule: undefined,
    },
    reachOf(context.root, options),
    context,
    shared,
  );
  if (!released.ok) return released;
  if (dryRun)
    return ok(`${JSON.stringify({ from: released.value.from, ...released.value.plan }, null, 2)}\n`);
  const file = promotedPath(context.root, project, variant);
  const receipt = makePromotionReceipt(released.value);
  const written = await attempt(`cannot write ${file}`, () => writeFileAtomic(file, encodeReceipt(receipt)));
  if (!written.ok) return written;
  const unchanged = released.value.pushed?.unchanged === true;
  if (json) return ok(`${JSON.stringify({ unchanged, ...receipt })}\n`);
  const name = formatReference(to.value);
  return ok(
    `  ${name}  ${receipt.digest}${unchanged ? '  (was there)' : ''}\n  from ${released.value.from}\n  ${relative(context.root, file)}\n`,
  );
}

/** The receipt of the last promotion of an image. */
function promotedPath(root: string, project: string, variant: string | undefined): string {
  return join(root, 'dist', 'promote', project, variant ?? '', 'receipt.json');
}

/** The image that the options name, or that was pushed last. Failures: PROMOTE_PLACE_INVALID, PROMOTE_FROM_MISSING. */
function findSource(
  project: string,
  { from, variant }: PromoteOptions,
  { root }: ExecutorContext,
): Result<Reference> {
  if (from !== undefined) return parsePlace('from', from);
  const receipt = readReceipt(root, project, variant);
  if (receipt) {
    const { registry, repository, digest } = receipt;
    return ok({ registry, repository, digest });
  }
  const what = `${imageKey(project, variant)} was not pushed from here, and the option \`from\` is not set`;
  return failed(promoteFailure('PROMOTE_FROM_MISSING', { what }));
}

function makePromotionReceipt({ plan, from, pushed, audit, signer, digests }: Released): Receipt {
  const gate = {
    scan: 'allow',
    digest: plan.index.digest,
    commit: null,
    clean: null,
    audit: audit!,
  } as const;
  const signed = signer && { key: signer.trusted.id, digests: [...digests], attestations: [] };
  return makeReceipt(plan, pushed!.before, gate, Date.now(), { from, signed });
}
