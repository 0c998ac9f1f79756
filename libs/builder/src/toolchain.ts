import * as fs from 'node:fs';
import { basename, join } from 'node:path';
import { compileFailure, failed, ok, type Result } from '@prism-build/errors';
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
  const own = directory && readOwnPin(root, directory);
  if (own) return own;
  const pin = pinOfReference(plan.builder) ?? shippedPin(basename(directory ?? ''));
  if (pin) return { ok: true, value: pin };
  const what = `nothing says which compiler ${plan.builder} stands for`;
  return failed(
    compileFailure('PIN_MISSING', { what, at: { file: plan.containerfile, line: plan.builderLine } }),
  );
}

function readOwnPin(root: string, directory: string): Result<Pin> | undefined {
  const path = join(directory, 'pin.json');
  const text = readTextIfThere(join(root, path));
  return text === undefined ? undefined : parsePin(text, path);
}

/** The pin of a language whose compiler another one calls: that of its builder base, or what this version ships. */
export function readCompanionPin(root: string, { toolchain }: Language): Result<Pin> {
  return readOwnPin(root, `containerfiles/${toolchain.builder}`) ?? ok(toolchain.shipped);
}

/** Finds the pinned toolchain on a machine. The failure names the version that is there and how to install the pinned one. */
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

/** This machine: the places in which toolchains are searched. */
export function thisMachine(): Machine {
  return {
    path: (process.env.PATH ?? '').split(':').filter(Boolean),
    readText: readTextIfThere,
    isExecutable,
    realPath: (path) => fs.realpathSync(path),
  };
}
