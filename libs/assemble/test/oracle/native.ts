import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assemblePlatform, readDirectory, type Tree, toEntries } from '@prism-build/assemble';
import {
  hasGlob,
  type IgnoreMatcher,
  ignoreFileCandidates,
  ignoreNothing,
  parseContainerfile,
  parseIgnoreFile,
  parsePlatform,
} from '@prism-build/containerfile';
import { ok, type Result, renderFailures } from '@prism-build/errors';
import { buildImage, describeBytes, digestOf, LAYER_TYPES, writeLayerTar } from '@prism-build/oci';
import { baseOf, type CopyStep, type ImagePlan, planImage, resolveReads } from '@prism-build/plan';
import { makeBase, openBases } from './bases';
import type { Answer, OracleCase } from './case';
import { describeConfig } from './configFields';
import { flattenLayers } from './flatten';

/** Our answer: the whole pipeline in process, from the text of the Containerfile to tar and configuration. */
export async function buildNatively(oracleCase: OracleCase, directory: string): Promise<Answer> {
  const image = await assemble(oracleCase, directory);
  if (image.ok) return { kind: 'image', fields: image.value };
  return { kind: 'refusal', code: image.failures[0]!.code, text: renderFailures(image.failures) };
}

async function assemble(oracleCase: OracleCase, directory: string): Promise<Result<Map<string, string>>> {
  const containerfile = parseContainerfile(oracleCase.containerfile, 'Containerfile');
  if (!containerfile.ok) return containerfile;
  const bases = new Map(
    Object.entries(oracleCase.bases ?? {}).map(([name, base], at) => {
      const layout = join(directory, '..', `base-${at}`);
      return [name, makeBase(base, oracleCase.platform ?? 'linux/amd64', layout)];
    }),
  );
  const options = {
    bases: new Map([...bases].map(([name, { image }]) => [name, image])),
    containerfile: containerfile.value,
    context: '.',
    platforms: [parsePlatform(oracleCase.platform ?? 'linux/amd64')!],
    buildPlatform: { os: 'linux', architecture: 'amd64' },
    buildArgs: oracleCase.buildArgs ?? {},
    target: oracleCase.target,
    compression: 'none' as const,
  };
  const plan = planImage(resolveReads(options), options);
  if (!plan.ok) return plan;
  const context = readContext(plan.value, directory);
  if (!context.ok) return context;
  const [platform] = plan.value.platforms;
  const images = await openBases(join(directory, '..'), bases.values());
  const assembled = await assemblePlatform(platform!, 'Containerfile', {
    context: context.value,
    compile: undefined,
    images,
  });
  if (!assembled.ok) return assembled;
  const tars = assembled.value.layers.map(({ entries }) => {
    // The generator reuses its buffer.
    return Buffer.concat([...writeLayerTar(toEntries(entries))].map((chunk) => Buffer.from(chunk)));
  });
  const layers = tars.map((tar) => ({
    ...describeBytes(LAYER_TYPES.none, tar),
    diffID: digestOf(tar),
    uncompressedSize: tar.length,
    origin: 'own' as const,
  }));
  const { settings, stages } = platform!;
  const base = baseOf(stages);
  const history = [...(base?.history ?? []), ...assembled.value.history];
  const all = [...(base?.layers ?? []), ...layers];
  const built = buildImage([{ platform: platform!.platform, settings, layers: all, history }]);
  if (!built.ok) return built;
  const digest = built.value.digestJson.platforms[0]!.config.digest;
  const config = built.value.blobs.find(({ descriptor }) => descriptor.digest === digest)!;
  const below = base ? bases.get(base.reference)!.tars : [];
  const tree = await flattenLayers([...below, ...tars].map(streamOf));
  return ok(new Map([...tree, ...describeConfig(Buffer.from(config.bytes).toString())]));
}

async function* streamOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** As the plugin's `readContextTree` does it: only what the copies name is read. */
function readContext(plan: ImagePlan, directory: string): Result<Tree> {
  const steps = plan.platforms.flatMap(({ stages }) => stages.flatMap((stage) => stage.steps));
  const copies = steps.filter((step): step is CopyStep => step.op === 'copy' && step.from.kind === 'context');
  const rules = readRules(directory);
  if (!rules.ok) return rules;
  return readDirectory(
    directory,
    [...new Set(copies.flatMap(({ sources }) => sources.map(literalPart)))],
    rules.value,
  );
}

function readRules(directory: string): Result<IgnoreMatcher> {
  const file = ignoreFileCandidates(join(directory, 'Containerfile'), directory).find(existsSync);
  return file === undefined ? ok(ignoreNothing) : parseIgnoreFile(readFileSync(file, 'utf8'), file);
}

function literalPart(pattern: string): string {
  const parts = pattern.split('/');
  const wild = parts.findIndex(hasGlob);
  return (wild < 0 ? parts : parts.slice(0, wild)).join('/');
}
