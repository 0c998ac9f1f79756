import { join } from 'node:path';
import { thisMachine } from '@prism-build/builder';
import { languageNamed, parsePin } from '@prism-build/languages';
import { readTextIfThere } from '@prism-build/shell';
import type { Directories } from '@prism-build/workspace';
import glob from 'fast-glob';
import type { ToolchainFacts } from './facts';

/** The toolchains that the builder bases pin, and whether this machine has them exactly. */
export function readToolchains({ root, cache }: Directories): ToolchainFacts[] {
  return glob.sync('containerfiles/*/pin.json', { cwd: root }).flatMap((file): ToolchainFacts[] => {
    const pin = parsePin(readTextIfThere(join(root, file)) ?? '', file);
    const language = pin.ok ? languageNamed(pin.value.language) : undefined;
    if (!pin.ok || !language) return [];
    const wanted = pin.value.version;
    const found = language.toolchain.find(pin.value, thisMachine(), cache);
    if (found.ok) return [{ language: language.title, wanted, found: wanted }];
    const { why, code } = found.failures[0]!;
    const there = code === 'TOOLCHAIN_DIFFERS' ? (why ?? 'another one').replaceAll('\n', ', ') : undefined;
    return [{ language: language.title, wanted, found: there }];
  });
}
