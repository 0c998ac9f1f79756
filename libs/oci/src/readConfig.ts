import { failed, ociFailure, ok, type Result } from '@prism-build/errors';
import * as z from 'zod';
import { parseJson } from './checkImage';
import type { Platform } from './descriptor';
import { DIGEST_PATTERN, type Digest } from './digest';
import type { HistoryStep, ImageSettings } from './imageConfig';

const words = z.array(z.string()).nullish();
const set = z.record(z.string(), z.unknown()).nullish();
const text = z.string().nullish();

const configFile = z.looseObject({
  architecture: z.string().min(1),
  os: z.string().min(1),
  variant: text,
  author: text,
  config: z
    .looseObject({
      User: text,
      ExposedPorts: set,
      Env: words,
      Entrypoint: words,
      Cmd: words,
      Volumes: set,
      WorkingDir: text,
      Labels: z.record(z.string(), z.string()).nullish(),
      StopSignal: text,
      Shell: words,
      OnBuild: words,
      Healthcheck: z
        .looseObject({
          Test: words,
          Interval: z.int().nullish(),
          Timeout: z.int().nullish(),
          StartPeriod: z.int().nullish(),
          StartInterval: z.int().nullish(),
          Retries: z.int().nullish(),
        })
        .nullish(),
    })
    .nullish(),
  rootfs: z.looseObject({
    diff_ids: z.array(z.string().regex(DIGEST_PATTERN)).transform((all) => all as Digest[]),
  }),
  history: z.array(z.looseObject({ created_by: text, empty_layer: z.boolean().nullish() })).nullish(),
});

/** The contents of an image configuration by any tool: the counterpart of `buildConfig`. */
export interface ImageConfig {
  readonly platform: Platform;
  readonly settings: ImageSettings;
  /** Digests of the uncompressed tars, lowest layer first. */
  readonly diffIDs: readonly Digest[];
  /** One step without `emptyLayer` for each layer; generated if the file's history does not match its layers. */
  readonly history: readonly HistoryStep[];
  /** Instructions for the images that start from this one; only Docker's format has them. */
  readonly onBuild: readonly string[];
}

/** Reads an OCI or Docker image configuration; null, empty and absent mean the same. `what` names it in failures. */
export function parseConfig(bytes: Uint8Array, what: string): Result<ImageConfig> {
  const parsed = configFile.safeParse(parseJson(bytes));
  if (!parsed.success) {
    const why = z.prettifyError(parsed.error);
    return failed(ociFailure('IMAGE_INCONSISTENT', { what: `The config of ${what} cannot be read.`, why }));
  }
  const { architecture, os, variant, author, config, rootfs, history } = parsed.data;
  const steps = (history ?? []).map((step) => ({
    createdBy: step.created_by ?? '',
    ...(step.empty_layer && { emptyLayer: true }),
  }));
  const matches = steps.filter((step) => !step.emptyLayer).length === rootfs.diff_ids.length;
  return ok({
    platform: { os, architecture, ...(variant && { variant }) },
    settings: { ...settingsOf(config ?? {}), ...(author && { author }) },
    diffIDs: rootfs.diff_ids,
    history: matches ? steps : rootfs.diff_ids.map(() => ({ createdBy: `layer of ${what}` })),
    onBuild: config?.OnBuild ?? [],
  });
}

type Config = NonNullable<z.infer<typeof configFile>['config']>;

function settingsOf(config: Config): ImageSettings {
  const { Healthcheck: check } = config;
  const settings: ImageSettings = {
    user: config.User || undefined,
    exposedPorts: keysOf(config.ExposedPorts),
    env: variablesOf(config.Env ?? []),
    entrypoint: orNothing(config.Entrypoint),
    cmd: orNothing(config.Cmd),
    volumes: keysOf(config.Volumes),
    workingDir: config.WorkingDir || undefined,
    labels: config.Labels ?? undefined,
    stopSignal: config.StopSignal || undefined,
    shell: orNothing(config.Shell),
    healthcheck: check?.Test
      ? {
          test: check.Test,
          interval: check.Interval || undefined,
          timeout: check.Timeout || undefined,
          startPeriod: check.StartPeriod || undefined,
          startInterval: check.StartInterval || undefined,
          retries: check.Retries || undefined,
        }
      : undefined,
  };
  return settings;
}

function keysOf(names: Readonly<Record<string, unknown>> | null | undefined): string[] | undefined {
  return orNothing(Object.keys(names ?? {}).sort());
}

function orNothing<T>(list: readonly T[] | null | undefined): T[] | undefined {
  return list && list.length > 0 ? [...list] : undefined;
}

/** The last value of a repeated name wins. A name without a value is ignored. */
function variablesOf(list: readonly string[]): string[] {
  const pairs = list.filter((one) => one.indexOf('=') > 0).map((one): [string, string] => split(one));
  return [...new Map(pairs)].map(([name, value]) => `${name}=${value}`);
}

function split(variable: string): [string, string] {
  const at = variable.indexOf('=');
  return [variable.slice(0, at), variable.slice(at + 1)];
}
