import type { BenchReport, Distribution, JudgedBudget } from '@prism-build/measure';
import type { Figures } from '@prism-build/report';

type Kind = BenchReport['kind'];

/** Digests and commits that are equal in every run. */
const hex = (seed: number, length: number) =>
  (seed * 2_654_435_761 + 1).toString(16).padStart(9, '0').repeat(8).slice(0, length);

/** Numbers that look measured: around `median`, with one outlier. Equal in every run. */
export function distribution(median: number, unit: Distribution['unit'] = 'ms', count = 15): Distribution {
  const values = Array.from({ length: count }, (_, at) => median * (0.93 + ((at * 37) % 15) / 100));
  values[count - 1] = median * 1.55;
  return { unit, values, median, low: median * 0.97, high: median * 1.04, outliers: [count - 1] };
}

interface Wanted {
  readonly project?: string;
  readonly variant?: string;
  readonly kind?: Kind;
  /** Uncompressed bytes of the own layer, and of a base. */
  readonly own?: number;
  readonly base?: { readonly name: string; readonly size: number };
  readonly ready?: number;
  readonly parts?: number;
  readonly budgets?: readonly JudgedBudget[];
  readonly started?: boolean;
}

const names = [
  ...[
    'google.golang.org/grpc/internal/transport',
    'runtime',
    'net/http',
    'crypto/internal/fips140',
    'reflect',
  ],
  ...['google.golang.org/protobuf/internal/impl', 'encoding/json', 'github.com/jackc/pgx/v5/pgtype', 'time'],
];

/** A report of an image of two platforms. */
export function makeReport(wanted: Wanted = {}): BenchReport {
  const { project = 'api', variant, kind = 'go', own = 5_400_000, base, ready = 9.5 } = wanted;
  const { parts = 12, budgets = [], started = true } = wanted;
  const digest = (seed: number) => `sha256:${hex(own + seed, 64)}`;
  const layers = [...(base ? [layer(digest(1), base.size, base.name)] : []), layer(digest(2), own)];
  const platform = (name: string, seed: number) => ({
    platform: name,
    manifest: digest(seed),
    size: layers.reduce((sum, one) => sum + one.size, 0),
    uncompressedSize: layers.reduce((sum, one) => sum + one.uncompressedSize, 0),
    layers,
    parts: fill(own, parts, base),
  });
  return {
    schemaVersion: 1,
    image: variant === undefined ? project : `${project}+${variant}`,
    project,
    ...(variant !== undefined && { variant }),
    kind,
    digest: digest(0),
    tool: 'prism 0.1.0',
    commit: hex(1, 40),
    platforms: [platform('linux/amd64', 3), platform('linux/arm64', 4)],
    ...(started && { start: start(ready) }),
    skipped: [
      {
        what: 'start on linux/arm64',
        why: 'it would run under emulation, whose times say nothing about the architecture',
      },
    ],
    budgets: [...budgets],
  };
}

const layer = (digest: string, uncompressedSize: number, base?: string) => ({
  digest,
  size: Math.round(uncompressedSize / 2.8),
  uncompressedSize,
  ...(base !== undefined && { base }),
});

function fill(own: number, count: number, base: Wanted['base']) {
  const weights = Array.from({ length: count }, (_, at) => 1 / (at + 1.5));
  const all = weights.reduce((sum, one) => sum + one, 0);
  const packages = weights.map((weight, at) => ({
    kind: 'go' as const,
    name: `${names[at % names.length]}${at < names.length ? '' : `/v${at}`}`,
    ...(at % 3 === 0 && { version: `v1.${at}.0` }),
    program: 'app',
    layer: 0,
    size: Math.round((own * 0.6 * weight) / all),
  }));
  const debs = ['libc6', 'coreutils', 'bash', 'perl-base', 'dpkg', 'libssl3'].map((name, at) => ({
    kind: 'deb' as const,
    name,
    version: '1.0',
    layer: 0,
    size: Math.round((base?.size ?? 0) / (at + 2.2)),
  }));
  return [
    ...packages,
    ...(base ? debs : []),
    { kind: 'program' as const, name: 'app', layer: 0, size: Math.round(own * 0.34) },
    { kind: 'file' as const, name: 'etc/ssl/certs/ca-certificates.crt', layer: 0, size: 210_000 },
    { kind: 'overhead' as const, name: 'tar', layer: 0, size: 10_240 },
  ];
}

function start(ready: number): NonNullable<BenchReport['start']> {
  return {
    platform: 'linux/amd64',
    probe: 'grpc://127.0.0.1:50100',
    runs: 15,
    measuredAt: '2026-11-29T06:00:00.000Z',
    host: { fingerprint: 'host', cpu: 'A processor', cores: 2, memory: 8_000_000_000, system: 'Linux 6.1' },
    noise: { spin: distribution(10), spread: 0.04, limit: 0.15, tooNoisy: false },
    sides: [
      {
        where: 'bare',
        command: ['/app'],
        floor: distribution(1.1),
        ready: distribution(ready),
        ratio: ready / 1.1,
        idle: distribution(6_100_000, 'bytes'),
        peak: distribution(7_000_000, 'bytes'),
      },
      {
        where: 'container',
        engine: 'podman 4.3.1',
        command: ['podman', 'run', '--rm', 'app'],
        floor: distribution(188),
        ready: distribution(188 + ready),
        ratio: (188 + ready) / 188,
        idle: distribution(6_200_000, 'bytes'),
        peak: distribution(7_100_000, 'bytes'),
      },
    ],
  };
}

export function sizeBudget(limit: number, actual: number): JudgedBudget {
  return {
    ...{ name: 'maxSize', text: `${limit / 1e6} MB`, limit, unit: 'bytes', platform: 'linux/amd64' },
    ...{ from: 'set', actual, verdict: actual > limit ? 'over' : 'within' },
  } as JudgedBudget;
}

export function startBudget(limit: number, actual: number): JudgedBudget {
  return {
    ...{ name: 'maxStartup', text: `${limit} ms`, limit, unit: 'ms', side: 'bare' },
    ...{ from: 'default', actual, verdict: actual > limit ? 'over' : 'within' },
  } as JudgedBudget;
}

/** A history of `count` commits of an image, the last of which is that of its report. */
export function makeHistory(report: BenchReport, count: number): Figures[] {
  const { platform, uncompressedSize, size } = report.platforms[0]!;
  return Array.from({ length: count }, (_, at) => ({
    commit: hex(count - at, 40),
    time: new Date(Date.UTC(2026, 9, 1) + at * 86_400_000).toISOString(),
    image: report.image,
    platform,
    digest: report.digest,
    size: uncompressedSize - (count - at - 1) * 9_000 + ((at * 7) % 5) * 4_000,
    compressed: size,
    ready: 9.5 + ((at * 11) % 7) / 10,
    floor: 1.1,
    memory: 6_100_000,
    host: 'host',
  }));
}

/** A workspace of `count` projects with three images each, as large as a whole stack gets. */
export function makeStack(count: number) {
  const reports = Array.from({ length: count }, (_, at) => {
    const project = `service-${String(at).padStart(2, '0')}`;
    const own = 4_000_000 + at * 310_000;
    const ready = 7 + (at % 9);
    const debian = { name: 'base-regular', size: 117_000_000 };
    const budgets = [sizeBudget(10_000_000, own), startBudget(20, ready - 1.1)];
    return [
      makeReport({ project, own, ready, parts: 150, budgets }),
      makeReport({ project, variant: 'debug', own, base: { name: 'base-debug', size: 4_200_000 }, ready }),
      makeReport({ project, variant: 'regular', own, base: debian, ready, parts: 150 }),
    ];
  }).flat();
  return { reports, history: reports.flatMap((report) => makeHistory(report, 60)) };
}
