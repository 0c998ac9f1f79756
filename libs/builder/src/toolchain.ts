import * as fs from 'node:fs';
import { basename, join } from 'node:path';
import { compileFailure, failed, type Result } from '@prism-build/errors';
import {
  type Language,
  type Machine,
  type Pin,
  parsePin,
  pinOfReference,
  shippedPin,
  type Toolchain,
} from '@prism-build/languages';
import type { CompilePlan } from '@prism-build/plan';
import { isExecutable, readTextIfThere } from '@prism-build/shell';
import { builderDirectory } from '@prism-build/workspace';

/**
 * The pin of a compile stage: `pin.json` beside its builder base, the version in the tag of a known builder image, or,
 * where the workspace has no such builder, what this version of the plugin was made with.
 */
export function readPin(root: string, plan: CompilePlan): Result<Pin> {
  const directory = builderDirectory(plan.builder);
  const path = directory && join(directory, 'pin.json');
  const text = path && readTextIfThere(join(root, path));
  if (path && text !== undefined) return parsePin(text, path);
  const pin = pinOfReference(plan.builder) ?? shippedPin(basename(directory ?? ''));
  if (pin) return { ok: true, value: pin };
  const what = `nothing says which compiler ${plan.builder} stands for`;
  return failed(
    compileFailure('PIN_MISSING', { what, at: { file: plan.containerfile, line: plan.builderLine } }),
  );
}

/** The pinned toolchain on this machine, or on another that is given; a failure says what is there instead, and how to install what is pinned. */
export function findToolchain(
  language: Language,
  pin: Pin,
  plan: CompilePlan,
  cache: string,
  machine = thisMachine(),
): Result<Toolchain> {
  const at = { file: plan.containerfile, line: plan.line };
  if (pin.language !== language.name) {
    const what = `the builder ${plan.builder} is pinned to ${pin.language}, and the command is ${language.title}`;
    return failed(compileFailure('TOOLCHAIN_DIFFERS', { what, at }));
  }
  const found = language.toolchain.find(pin, machine, cache);
  return found.ok ? found : failed(...found.failures.map((failure) => ({ ...failure, at })));
}

/** Where compilers are looked for. */
export function thisMachine(): Machine {
  return {
    path: (process.env.PATH ?? '').split(':').filter(Boolean),
    readText: readTextIfThere,
    isExecutable,
    realPath: (path) => fs.realpathSync(path),
  };
}
