import { createWriteStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Execution, LayerEntry } from '@prism-build/assemble';
import { engineFailure, failed, ok, type Result } from '@prism-build/errors';
import {
  blobPath,
  type Descriptor,
  type Digest,
  type EntryHeader,
  hashFile,
  type ImageLayer,
  parseConfig,
  readLayer,
} from '@prism-build/oci';
import { fileFailure } from '@prism-build/shell';

/** The layer that a command made on top of others, in a layout that an engine wrote. */
interface RunResult {
  readonly layout: string;
  readonly below: readonly ImageLayer[];
  readonly architecture: string;
}

/** The blob with the changes; undefined where the engine made no layer. Fails where it ran something else. */
export async function findChanges({
  layout,
  below,
  architecture,
}: RunResult): Promise<Result<Descriptor | undefined>> {
  const wrong = (what: string) => failed(engineFailure('ENGINE_FAILED', { what: `podman ${what}` }));
  const index = readJson(join(layout, 'index.json')) as { manifests: { digest: Digest }[] };
  const manifest = readJson(blobPath(layout, index.manifests[0]!.digest)) as {
    config: Descriptor;
    layers: Descriptor[];
  };
  const config = parseConfig(
    readFileSync(blobPath(layout, manifest.config.digest)),
    'the result of a command',
  );
  if (!config.ok) return config;
  if (config.value.platform.architecture !== architecture)
    return wrong(`ran a command for ${config.value.platform.architecture} instead of ${architecture}`);
  const { diffIDs } = config.value;
  const [top, second] = manifest.layers.slice(below.length);
  if (second || below.some(({ diffID }, at) => diffIDs[at] !== diffID))
    return wrong('ran a command on other files');
  if (!top) return ok(undefined);
  const hashed = await hashFile(blobPath(layout, top.digest));
  return hashed.digest === top.digest ? ok(top) : wrong('wrote a layer that is altered');
}

/** The entries of a layer or another tar, contents of files below `scratch`; those that nobody wants are passed over. */
export async function readEntries(
  tar: AsyncIterable<Uint8Array>,
  scratch: string,
  wants: (header: EntryHeader) => boolean = () => true,
): Promise<LayerEntry[]> {
  const entries: LayerEntry[] = [];
  for await (const { header, size, content } of readLayer(tar)) {
    if (!wants(header)) continue;
    const path = join(scratch, String(entries.length));
    if (header.type === 'file') await pipeline(content, createWriteStream(path));
    entries.push({ header, size, path });
  }
  return entries;
}

/** Reads what a command changed: errors of the disk and of the tar become failures, each in its own words. */
export async function attemptChanges<T>(
  { step, file }: Pick<Execution, 'step' | 'file'>,
  work: () => T | Promise<T>,
): Promise<Result<T>> {
  const what = `cannot read what line ${step.line} of ${file} changed`;
  try {
    return ok(await work());
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'syscall' in error)
      return failed(fileFailure(error, what));
    const why = error instanceof Error ? error.message : String(error);
    return failed(engineFailure('RUN_RESULT_UNREADABLE', { what, why, at: { file, line: step.line } }));
  }
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}
