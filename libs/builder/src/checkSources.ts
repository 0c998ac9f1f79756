import * as fs from 'node:fs';
import { basename, join, relative } from 'node:path';
import type { Tree } from '@prism-build/assemble';
import { parentOf } from '@prism-build/containerfile';
import { compileFailure, type Failure, failed, ok, type Result } from '@prism-build/errors';
import {
  type CheckedSources,
  type CheckRequest,
  type Pin,
  recogniseCommand,
  type SourceEntry,
} from '@prism-build/languages';
import type { CompilePlan } from '@prism-build/plan';
import { readTextIfThere } from '@prism-build/shell';

/** Fails if the stage or its sources contain a setting that would not reach the compiler. The language decides. */
export function checkSources(root: string, plan: CompilePlan, pin: Pin, tree: Tree): Result<void> {
  const { language } = recogniseCommand(plan.argv)!;
  const request = checkRequest(root, plan, pin);
  const failures = [
    ...refuseRepeated(request),
    ...(language.command.check?.(request, readTree(root, tree)) ?? []),
  ];
  return failures.length > 0 ? failed(...failures) : ok(undefined);
}

/** Flags that are given more than once, of which only the last value would take effect. */
function refuseRepeated({ recognised, at }: CheckRequest): Failure[] {
  return (recognised.repeated ?? []).map((name) => {
    const dashes = recognised.language === 'go' ? '-' : '--';
    const flag = `${dashes}${name}`;
    const what = `${flag} is given more than once: only ${JSON.stringify(recognised.flags[name])} would take effect`;
    return compileFailure('SETTING_NOT_HONOURED', { what, remedy: `Write all values into one ${flag}.`, at });
  });
}

/** A compile stage in the form that a language checks. */
export function checkRequest(root: string, plan: CompilePlan, pin: Pin): CheckRequest {
  return {
    recognised: recogniseCommand(plan.argv)!.recognised,
    pin,
    targets: plan.platforms.map(({ platform }) => platform),
    working: workingDirectory(plan),
    environment: (target: object) =>
      plan.platforms.find(({ platform }) => platform === target)?.environment ?? {},
    at: { file: plan.containerfile, line: plan.line },
    setAt: (variable: string) => ({
      file: plan.containerfile,
      line: lineOf(readTextIfThere(join(root, plan.containerfile)) ?? '', variable, plan.line),
    }),
  };
}

/** The last line before `end` that names a variable outside a comment, else `end`. Lines count from 1. */
function lineOf(text: string, variable: string, end: number): number {
  const names = new RegExp(`(?:^|\\s)${variable}(?:[=\\s]|$)`);
  const lines = text.split('\n').slice(0, end - 1);
  const found = lines.findLastIndex((line) => !/^\s*#/.test(line) && names.test(line));
  return found < 0 ? end : found + 1;
}

/** WORKDIR of the command, relative to the root of the stage. */
export function workingDirectory({ working }: CompilePlan): string {
  return working.replace(/^\//, '');
}

/** A tree of sources in the form that a language reads. */
export function readTree(root: string, tree: Tree): CheckedSources {
  const contentOf = (path: string) => {
    const node = tree.get(path);
    return node?.type === 'file' ? node.content : undefined;
  };
  const entries = new Map<string, SourceEntry[]>();
  for (const [path, node] of tree) {
    const parent = parentOf(path);
    const siblings = entries.get(parent) ?? [];
    siblings.push({ name: basename(path), directory: node.type === 'directory' });
    entries.set(parent, siblings);
  }
  return {
    facts: (path, _kind, parse) => {
      const content = contentOf(path);
      if (!content) return undefined;
      const bytes = content.kind === 'file' ? fs.readFileSync(content.path) : content.bytes;
      return parse(Buffer.from(bytes).toString('utf8'));
    },
    list: (directory) => entries.get(directory) ?? [],
    placeOf: (path) => {
      const content = contentOf(path);
      return content?.kind === 'file' ? relative(root, content.path) : path;
    },
  };
}
