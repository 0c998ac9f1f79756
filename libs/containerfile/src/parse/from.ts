import { ok, type Result } from '@prism-build/errors';
import type { FromInstruction } from '../instruction';
import { splitBlanks } from '../words';
import type { Flags } from './flags';
import { missing } from './pairs';
import { describe, type Request, refuse } from './request';

const NAME = /^[a-z][a-z0-9_.-]*$/;

export function parseFrom(request: Request, flags: Flags): Result<FromInstruction> {
  const [image, as, written, ...more] = splitBlanks(request.rest);
  if (image === undefined) return missing(request, 'an image, a stage or scratch');
  const named = as?.toLowerCase() === 'as' && written !== undefined && more.length === 0;
  if (as !== undefined && !named)
    return refuse(
      request,
      'CONTAINERFILE_BAD_ARGUMENT',
      'FROM has to be FROM <image> or FROM <image> AS <name>.',
    );
  const name = written?.toLowerCase();
  if (name !== undefined && !NAME.test(name))
    return refuse(
      request,
      'CONTAINERFILE_STAGE_NAME',
      `${JSON.stringify(written)} cannot be the name of a stage.`,
    );
  return ok({ image, platform: flags.text('platform'), name, ...describe(request, 'FROM') });
}
