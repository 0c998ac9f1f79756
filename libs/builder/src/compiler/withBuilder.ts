import { createHash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { formatPlatform } from '@prism-build/containerfile';
import type { Engine } from '@prism-build/engine';
import { failed, imageFailure, ok, type Result } from '@prism-build/errors';
import type { CompilerCall, Toolchain } from '@prism-build/languages';
import { type BasePlatform, type ContentStore, type ImageLayer, openContentStore } from '@prism-build/oci';
import { readTextIfThere, writeFileAtomic } from '@prism-build/shell';
import { executorIdentity } from '@prism-build/workspace';
import { fetchLayers } from '../bases/fetchLayers';
import { readSibling } from '../bases/readSibling';
import { withImages } from '../bases/withImages';
import { compileWork } from '../compileWork';
import { makeRunImage } from '../run/runImages';
import type { StepInput } from '../step';
import { findToolchain } from '../toolchain';
import type { Compiler, CompilerRequest } from './compiler';
import { type RunProgram, withContainers } from './containers';
import { askImage } from './imageMachine';

/** Runs `work` with the compiler of a builder base, in containers of this machine's platform. */
export async function withBuilder<T>(
  request: CompilerRequest,
  engine: Engine,
  project: string,
  work: (compiler: Compiler) => Promise<Result<T>>,
): Promise<Result<T>> {
  const { directories, plan, siblings, options } = request;
  const platform = { os: 'linux', architecture: process.arch === 'x64' ? 'amd64' : process.arch };
  const builder = await readSibling(directories.root, project, siblings);
  if (!builder.ok) return builder;
  const base = builder.value.find((one) => formatPlatform(one.platform) === formatPlatform(platform));
  if (!base) {
    const what = `${plan.builder} has no image for this machine's platform, ${formatPlatform(platform)}`;
    const at = { file: plan.containerfile, line: plan.builderLine };
    return failed(imageFailure('BASE_PLATFORM_MISSING', { what, at }));
  }
  const store = await openContentStore(directories.store);
  if (!store.ok) return store;
  // Fetches from the builder's layers: the image's own bases do not include the builder.
  const input = { ...request, options: { ...options, bases: { [plan.builder]: project } } };
  const toolchain = await findInImage(request, base, input, store.value);
  if (!toolchain.ok) return toolchain;
  const loadable = await makeRunImage(store.value, platform, base.layers, {});
  if (!loadable.ok) return loadable;
  const fetch = (layers: readonly ImageLayer[]) => fetchLayers(input, store.value, layers);
  const image = { directories, store: store.value, image: loadable.value, fetch };
  return withContainers(engine, image, (program) => {
    const run = containerRun(request, program);
    return work({
      toolchain: toolchain.value,
      compile: (call) => run(call, {}, 'none'),
      fetch: (call, settings) => run(call, settings, 'host'),
    });
  });
}

/**
 * Finds the pinned toolchain in the builder image, by the same check as on this machine. Stores the answer, because
 * reading a large layer takes long.
 */
async function findInImage(
  { language, pin, plan, directories }: CompilerRequest,
  base: BasePlatform,
  input: StepInput,
  store: ContentStore,
): Promise<Result<Toolchain>> {
  const path = base.settings.env?.find((one) => one.startsWith('PATH='))?.slice(5) ?? '/usr/bin:/bin';
  const facts = JSON.stringify([executorIdentity(), base.manifest.digest, path, pin]);
  const name = createHash('sha256').update(facts).digest('hex');
  const memo = join(directories.prism, 'toolchains', `${name}.json`);
  const kept = parseToolchain(readTextIfThere(memo));
  if (kept) return ok(kept);
  const found = await withImages(input, store, async (images) => {
    const tree = await images.tree({ reference: plan.builder, layers: base.layers });
    if (!tree.ok) return tree;
    return askImage(tree.value, path.split(':'), images, (machine) =>
      findToolchain(language, pin, plan, directories.cache, machine),
    );
  });
  if (found.ok) writeFileAtomic(memo, JSON.stringify(found.value));
  return found;
}

/** Undefined for a stored answer that cannot be parsed: the toolchain is then searched again. */
function parseToolchain(text: string | undefined): Toolchain | undefined {
  try {
    const { command, root } = JSON.parse(text ?? '{}') as Partial<Toolchain>;
    return command && root ? { command, root } : undefined;
  } catch {
    return undefined;
  }
}

/** The machine's certificate authorities; fetching containers trust them. Fetched content is verified against locks. */
const authorities = '/etc/ssl/certs/ca-certificates.crt';

/**
 * Mounts directories at the paths that they have on this machine, so that the compiler's arguments are the same.
 * Sources are read-only. Dependencies are read-only after fetching.
 */
function containerRun(request: CompilerRequest, program: RunProgram) {
  const { directories, language } = request;
  const work = compileWork(request);
  const home = join(directories.prism, 'home');
  const dependencies = language.dependencies
    ? [join(directories.cache, language.dependencies.directory)]
    : [];
  for (const path of [...dependencies, home]) mkdirSync(path, { recursive: true });
  return (
    { argv, cwd, env, input }: CompilerCall,
    settings: Readonly<Record<string, string>>,
    network: 'none' | 'host',
  ) => {
    // Does not pass on HOME. Mounts files that a setting names, such as certificates.
    const own = Object.entries(settings).filter(([name]) => name !== 'HOME');
    const named = network === 'host' ? [authorities, ...own.map(([, value]) => value)] : [];
    const call = {
      ...{ argv, cwd, env, network, interactive: input !== undefined },
      inherit: own.map(([name]) => name),
      writable: [directories.cache, home, join(work, 'out')],
      readable: [
        join(work, 'source'),
        ...(network === 'none' ? dependencies : []),
        ...new Set(named.filter((path) => isAbsolute(path) && existsSync(path))),
      ],
    };
    return program(call, input);
  };
}
