import { basename } from 'node:path';
import type { ProjectConfiguration, TargetConfiguration } from '@nx/devkit';
import { type BuildOptions, hasRootfs } from '@prism-build/builder';
import type { Reads } from '@prism-build/plan';
import { imagesLockPath } from '@prism-build/registry';
import {
  isLocal,
  noFacts,
  openFiles,
  readIgnoreRules,
  readStage,
  type Unhashed,
  variablesOf,
} from '@prism-build/workspace';
import { pluginIdentity } from '../inference/identity';
import { type CompileReads, toComponent } from '../inference/read/component';
import { workspaceFileset } from '../inference/read/fileset';
import { toFilesets } from '../inference/read/filesets';
import { compileFilesets, type KeyFacts } from '../inference/read/keys';
import { followComponent } from '../inference/read/links';
import { expandInputs } from '../inference/read/namedInputs';
import { readCompileUnhashed, readImageUnhashed } from '../inference/read/unhashed';

/**
 * Whether the inferred inputs of a target cover what these options make it read. Options of the command line or of
 * targetDefaults (`--platforms=linux/riscv64` if COPY names $TARGETARCH) and the ENV of a base are known only after
 * inference. If they make a step read more, its result must not be cached: a change of those files would not change
 * the key. Inputs written by hand are not checked.
 *
 * @param reads what the step has read
 * @returns undefined: covered. Otherwise the reason to show to the user; `''` means uncovered, and the options
 * already explain why.
 */
export function findUncovered(
  root: string,
  options: BuildOptions,
  project: ProjectConfiguration | undefined,
  target: string,
  reads: Reads,
): string | undefined {
  const given = expandInputs(project?.targets?.[target]?.inputs ?? [], project?.namedInputs);
  const inputs = new Set(given.map(filesetOf));
  const { containerfile, context, buildArgs, step } = options;
  if (!inputs.has(workspaceFileset(`${containerfile}.dockerignore`))) return undefined;
  const variables = variablesOf(buildArgs);
  const unkeyed = variables.find((name) => !given.some((one) => isVariable(one, name)));
  if (unkeyed !== undefined)
    return `the variable ${unkeyed} is in no cache key; name it in buildArgs of build-image in project.json`;
  const identity = pluginIdentity(__dirname, root);
  if (identity.inputs.some((input) => typeof input === 'string' && !inputs.has(input)))
    return 'the plugin was edited after nx read the workspace; `nx reset` makes nx read it again';
  const component = toComponent(reads);
  if (!component.ok) return undefined;
  const { compile, image, bases: named } = component.value;
  const foreign = step === 'image' && named.some(({ reference }) => !isLocal(reference));
  const lock = `/${basename(imagesLockPath(containerfile))}`;
  if (foreign && ![...inputs].some((input) => input?.endsWith(lock))) return '';
  const files = openFiles(root, noFacts);
  const ignore = readIgnoreRules(files.text, containerfile, context);
  if (!ignore.ok) return undefined;
  const followed = followComponent(context, component.value, files);
  const facts = { containerfile, context, rules: ignore, rootfs: hasRootfs(root, containerfile) };
  if (step === 'compile') {
    if (!compile) return undefined;
    const reading = readStage(
      compile.stage,
      context,
      compile.platforms,
      ignore.value,
      files,
      options.alsoReads,
    );
    const own = {
      ...facts,
      rules: ignore.value,
      identity,
      variables,
      reading,
    };
    if (!isCompileCovered(own, compile, inputs)) return '';
    return compareUnhashed(options, readCompileUnhashed(facts, followed.compile ?? compile, reading, files));
  }
  if (!toFilesets(context, image).every((fileset) => inputs.has(fileset))) return '';
  return compareUnhashed(options, readImageUnhashed(facts, followed, files));
}

/** Inference lists in an option, which is part of the key, what Nx does not hash. It must equal what the build found. */
function compareUnhashed({ unhashed }: BuildOptions, { facts, why }: Unhashed): string | undefined {
  if (why !== undefined) return why;
  const other = [
    ...facts.filter((fact) => !unhashed.includes(fact)),
    ...unhashed.filter((fact) => !facts.includes(fact)),
  ];
  return other.length === 0
    ? undefined
    : `a mode, a link or an empty directory changed after nx read the workspace (${other[0]}); \`nx reset\` makes nx read it again`;
}

/** Everything that is read must be among the inputs, and everything that the inputs exclude must be unread. */
function isCompileCovered(
  facts: KeyFacts,
  compile: CompileReads,
  inputs: ReadonlySet<string | undefined>,
): boolean {
  // With fewer platforms, more files are excluded.
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
