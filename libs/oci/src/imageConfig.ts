import { byCodeUnit, canonicalJson, type Json } from './canonicalJson';
import { type Blob, describeBytes, type Platform } from './descriptor';
import type { Digest } from './digest';
import { CONFIG_TYPE } from './mediaTypes';

/** Docker's health check, durations in nanoseconds; engines read it from OCI configs too. */
interface Healthcheck {
  readonly test: readonly string[];
  readonly interval?: number | undefined;
  readonly timeout?: number | undefined;
  readonly startPeriod?: number | undefined;
  readonly startInterval?: number | undefined;
  readonly retries?: number | undefined;
}

/** What a container is started with: the `config` object of the OCI image configuration. */
export interface ImageSettings {
  readonly user?: string | undefined;
  /** `8080/tcp`, in any order. */
  readonly exposedPorts?: readonly string[] | undefined;
  /** `NAME=value`, in the order of the Containerfile. */
  readonly env?: readonly string[] | undefined;
  readonly entrypoint?: readonly string[] | undefined;
  readonly cmd?: readonly string[] | undefined;
  readonly volumes?: readonly string[] | undefined;
  readonly workingDir?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly stopSignal?: string | undefined;
  readonly healthcheck?: Healthcheck | undefined;
  readonly shell?: readonly string[] | undefined;
  /** MAINTAINER; it stands beside the `config` object. */
  readonly author?: string | undefined;
  /** Docker's, for images that run one command of a build: Buildah names the container so. */
  readonly hostname?: string | undefined;
}

/** A step of the history; steps without `emptyLayer` correspond to the layers, one to one. */
export interface HistoryStep {
  readonly createdBy: string;
  readonly emptyLayer?: boolean | undefined;
}

interface ConfigInput {
  readonly platform: Platform;
  readonly settings: ImageSettings;
  /** Digests of the uncompressed tars, lowest layer first. */
  readonly diffIDs: readonly Digest[];
  readonly history?: readonly HistoryStep[] | undefined;
}

/** A fixed time, so that two builds of the same inputs give the same image. */
const CREATED = '1970-01-01T00:00:00Z';

/** The image configuration (OCI image-spec, config.md) as a blob. */
export function buildConfig(input: ConfigInput): Blob {
  const { os, architecture, variant } = input.platform;
  const history = input.history ?? input.diffIDs.map(() => ({ createdBy: 'layer' }));
  const config: Json = {
    architecture,
    os,
    variant,
    created: CREATED,
    author: input.settings.author || undefined,
    config: encodeSettings(input.settings),
    rootfs: { type: 'layers', diff_ids: input.diffIDs },
    history: history.map((step: HistoryStep) => ({
      created: CREATED,
      created_by: step.createdBy,
      empty_layer: step.emptyLayer || undefined,
    })),
  };
  const bytes = Buffer.from(canonicalJson(config));
  return { descriptor: describeBytes(CONFIG_TYPE, bytes), bytes };
}

function encodeSettings(settings: ImageSettings): Json {
  const { healthcheck } = settings;
  return {
    Hostname: settings.hostname || undefined,
    User: settings.user || undefined,
    ExposedPorts: asSet(settings.exposedPorts),
    Env: orNothing(settings.env),
    Entrypoint: settings.entrypoint,
    Cmd: settings.cmd,
    Volumes: asSet(settings.volumes),
    WorkingDir: settings.workingDir || undefined,
    Labels: Object.keys(settings.labels ?? {}).length > 0 ? settings.labels : undefined,
    StopSignal: settings.stopSignal || undefined,
    Shell: orNothing(settings.shell),
    Healthcheck: healthcheck && {
      Test: healthcheck.test,
      Interval: healthcheck.interval,
      Timeout: healthcheck.timeout,
      StartPeriod: healthcheck.startPeriod,
      StartInterval: healthcheck.startInterval,
      Retries: healthcheck.retries,
    },
  };
}

function orNothing(list: readonly string[] | undefined): readonly string[] | undefined {
  return list && list.length > 0 ? list : undefined;
}

function asSet(list: readonly string[] | undefined): Json | undefined {
  const names = orNothing(list);
  return names && Object.fromEntries([...names].sort(byCodeUnit).map((name) => [name, {}]));
}
