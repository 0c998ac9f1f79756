import { basename, join } from 'node:path';
import type { TargetConfiguration } from '@nx/devkit';
import { type Bases, environmentIn } from '@prism-build/plan';
import { imagesLockPath } from '@prism-build/registry';
import { readTextIfThere } from '@prism-build/shell';
import { pluginIdentity } from '../inference/identity';
import { type CompileReads, type Component, readComponent } from '../inference/read/component';
import { toFilesets } from '../inference/read/filesets';
import { compileFilesets } from '../inference/read/keys';
import { followSources } from '../inference/read/links';
import { valuesOf, variablesOf } from '../workspace/buildArgs';
import { isLocal } from '../workspace/naming';
import { readIgnoreRules } from '../workspace/readContext';
import { listExecutables } from '../workspace/stage/executables';
import { noFacts } from '../workspace/stage/facts';
import { openFiles } from '../workspace/stage/files';
import { readStage } from '../workspace/stage/reading';
import type { BuildOptions } from './options';
import { hasRootfs } from './rootfs';

/**
 * Whether the inputs that were inferred for a target cover what these options make it read. An option of the
 * command line or of targetDefaults (`--platforms=linux/riscv64` where COPY names $TARGETARCH) comes after
 * inference, and so does what a base says: its result must not be cached, since nobody would see those files
 * change. Inputs that somebody wrote by hand are theirs to answer for.
 *
 * @returns why not, to be said; empty where the options speak for themselves. Absent: all is covered.
 */
export function findUncovered(
  root: string,
  options: BuildOptions,
  target: TargetConfiguration | undefined,
  bases?: Bases,
): string | undefined {
  const inputs = new Set((target?.inputs ?? []).map(filesetOf));
  const { containerfile, context, platforms, buildArgs, step } = options;
  if (!inputs.has(`{workspaceRoot}/${containerfile}.dockerignore`)) return undefined;
  const variables = variablesOf(buildArgs);
  const unkeyed = variables.find((name) => !target?.inputs?.some((one) => isVariable(one, name)));
  if (unkeyed !== undefined)
    return `the variable ${unkeyed} is in no key; name it in buildArgs of build-image in project.json`;
  const text = readTextIfThere(join(root, containerfile)) ?? '';
  const component = readComponent(text, containerfile, {
    platforms,
    buildArgs: valuesOf(buildArgs, process.env),
    target: options.stage,
    contexts: hasRootfs(root, containerfile) ? ['rootfs'] : [],
    // COPY may name a variable of the base, which nobody knew before the base was there.
    ...(bases && { baseEnv: (reference, platform) => environmentIn(bases, reference, platform) }),
  });
  if (!component.ok) return undefined;
  const { compile, image, bases: named } = component.value;
  const foreign = step === 'image' && named.some(({ reference }) => !isLocal(reference));
  const lock = `/${basename(imagesLockPath(containerfile))}`;
  if (foreign && ![...inputs].some((input) => input?.endsWith(lock))) return '';
  if (step === 'compile')
    return !compile || isCompileCovered(root, options, component.value, compile, inputs) ? undefined : '';
  if (!toFilesets(context, image).every((fileset) => inputs.has(fileset))) return '';
  return findUncoveredModes(root, options, component.value);
}

/** An image has modes, and Nx hashes contents: inference says in an option what is executable, for the key. */
function findUncoveredModes(
  root: string,
  { containerfile, context, executable }: BuildOptions,
  { modes }: Component,
): string | undefined {
  const files = openFiles(root, noFacts);
  const rules = readIgnoreRules(files.text, containerfile, context);
  if (!rules.ok) return undefined;
  const sources = followSources(context, modes, files);
  const found = listExecutables(context, sources, rules.value, files);
  if (!found)
    return 'COPY takes too many files for their modes to be in the key; with --chmod it takes the mode that it says';
  return found.join('\0') === executable.join('\0')
    ? undefined
    : 'a file became executable, or ceased to be, after nx looked; `nx reset` makes it look again';
}

/** What is read must be among the inputs, and what the inputs leave out must be among what is not read. */
function isCompileCovered(
  root: string,
  { containerfile, context, buildArgs, alsoReads }: BuildOptions,
  { stage, platforms }: Component,
  compile: CompileReads,
  inputs: ReadonlySet<string | undefined>,
): boolean {
  const files = openFiles(root, noFacts);
  const rules = readIgnoreRules(files.text, containerfile, context);
  if (!rules.ok) return true;
  const reading = stage && readStage({ ...stage, context }, platforms, rules.value, files, alsoReads);
  const facts = {
    containerfile,
    context,
    rules: rules.value,
    identity: pluginIdentity(__dirname, root),
    variables: variablesOf(buildArgs),
    reading,
  };
  // Fewer platforms pass over more files.
  const wanted = new Set(compileFilesets(facts, compile).flatMap(alternatives));
  const isNegative = (fileset: string) => fileset.startsWith('!');
  const missing = [...wanted].some((fileset) => !isNegative(fileset) && !inputs.has(fileset));
  const given = [...inputs].flatMap((one) => (one !== undefined && isNegative(one) ? alternatives(one) : []));
  const hidden = given.some((one) => !wanted.has(one));
  return !missing && !hidden;
}

/** `!x/{a,b}` as `!x/a` and `!x/b`. */
function alternatives(fileset: string): string[] {
  const [, before, list] = /^(!\{workspaceRoot\}[^{]*)\{([^{}]*)\}$/.exec(fileset) ?? [];
  return list === undefined ? [fileset] : list.split(',').map((one) => `${before}${one}`);
}

type Input = NonNullable<TargetConfiguration['inputs']>[number];

function isVariable(input: Input, name: string): boolean {
  return typeof input === 'object' && 'env' in input && input.env === name;
}

function filesetOf(input: Input): string | undefined {
  if (typeof input === 'string') return input;
  return 'fileset' in input ? input.fileset : undefined;
}
