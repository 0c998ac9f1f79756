import { isOnPath } from '@prism-build/builder';
import { chooseEngine } from '@prism-build/engine';
import type { Run } from '@prism-build/shell';
import * as z from 'zod';
import type { EngineFacts } from './facts';

const idMap = z.array(z.object({ size: z.number() })).nullish();

const podmanInfo = z.object({
  host: z.object({
    cgroupControllers: z.array(z.string()).nullish(),
    idMappings: z.object({ uidmap: idMap, gidmap: idMap }).optional(),
    cgroupManager: z.string().optional(),
    cgroupVersion: z.string().optional(),
    eventLogger: z.string().optional(),
    networkBackend: z.string().optional(),
    ociRuntime: z.object({ name: z.string() }).optional(),
    security: z.object({ rootless: z.boolean() }).optional(),
  }),
  store: z.object({
    graphDriverName: z.string(),
    graphRoot: z.string(),
    graphOptions: z
      .object({ 'overlay.mount_program': z.object({ Executable: z.string() }).optional() })
      .nullish(),
  }),
  version: z.object({ Version: z.string() }),
});

const dockerInfo = z.object({
  ServerVersion: z.string(),
  Driver: z.string().optional(),
  DockerRootDir: z.string().optional(),
  CgroupVersion: z.string().optional(),
  CgroupDriver: z.string().optional(),
  DefaultRuntime: z.string().optional(),
  SecurityOptions: z.array(z.string()).nullish(),
});

/** The engine that builds would use; undefined if there is none. */
export async function readEngine(run: Run, asked = 'auto'): Promise<EngineFacts | undefined> {
  const engine = chooseEngine(asked, isOnPath);
  if (!engine.ok) return undefined;
  const { name } = engine.value;
  const printed = await run({ argv: [name, '--version'], timeout: 20_000 });
  const version = (printed.ok ? /(\d+\.\d+\.\d+)/.exec(printed.value.stdout)?.[1] : undefined) ?? 'unknown';
  const format = name === 'podman' ? 'json' : '{{json .}}';
  const info = await run({ argv: [name, 'info', '--format', format], timeout: 20_000 });
  if (!info.ok) return { name, version, trouble: lastWords(info.failures[0]?.why ?? info.failures[0]?.what) };
  return {
    name,
    version,
    ...(name === 'podman' ? parsePodman(info.value.stdout) : parseDocker(info.value.stdout)),
  };
}

/** The last sentence of an engine's output; before it, Docker without a daemon prints an empty table. */
export function lastWords(text = ''): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('{'));
  return lines.at(-1)?.trim() ?? 'it says nothing';
}

type Details = Omit<EngineFacts, 'name' | 'version'>;

/** Parses `podman info --format json`. An unknown format is reported as trouble, not thrown. */
export function parsePodman(text: string): Details {
  const parsed = podmanInfo.safeParse(parse(text));
  if (!parsed.success) return { trouble: 'its info has another shape' };
  const { host, store } = parsed.data;
  return {
    rootless: host.security?.rootless,
    storageDriver: store.graphDriverName,
    storagePath: store.graphRoot,
    mountProgram: store.graphOptions?.['overlay.mount_program']?.Executable,
    cgroups: host.cgroupVersion,
    cgroupManager: host.cgroupManager,
    controllers: host.cgroupControllers ?? undefined,
    ids: countIds(host.idMappings),
    runtime: host.ociRuntime?.name,
    networkBackend: host.networkBackend,
    eventLogger: host.eventLogger,
  };
}

/** Rootful Podman has no mapping, and all IDs. */
function countIds(maps: z.infer<typeof podmanInfo>['host']['idMappings']): number | undefined {
  const sums = [maps?.uidmap, maps?.gidmap].map((map) => map?.reduce((sum, { size }) => sum + size, 0));
  const known = sums.filter((sum) => sum !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** Parses `docker info --format '{{json .}}'`; without a server, it has errors instead of a version. */
export function parseDocker(text: string): Details {
  const value = parse(text);
  const parsed = dockerInfo.safeParse(value);
  if (!parsed.success) {
    const errors = z.object({ ServerErrors: z.array(z.string()) }).safeParse(value);
    return { trouble: errors.success ? (errors.data.ServerErrors[0] ?? '') : 'its info has another shape' };
  }
  const { data } = parsed;
  return {
    serverVersion: data.ServerVersion,
    rootless: (data.SecurityOptions ?? []).some((one) => one.includes('rootless')),
    storageDriver: data.Driver,
    storagePath: data.DockerRootDir,
    cgroups: data.CgroupVersion && `v${data.CgroupVersion}`,
    cgroupManager: data.CgroupDriver,
    runtime: data.DefaultRuntime,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
