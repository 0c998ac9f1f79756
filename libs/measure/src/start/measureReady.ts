import { setTimeout as wait } from 'node:timers/promises';
import { failed, measureFailure, ok, type Result } from '@prism-build/errors';
import { lastLines, OutputTail, run, type Started, startProcess } from '@prism-build/shell';
import { askGrpc, askHttp } from './askHealth';
import type { Probe } from './parseProbe';
import { listListening, type Memory, readMemory } from './processes';

/** How something is started, without an engine or in a container. */
export interface Launch {
  readonly argv: readonly [string, ...string[]];
  /** The whole environment of the process. */
  readonly env: Readonly<Record<string, string>>;
  /** The process of the component, which an engine starts elsewhere; undefined if its memory is not of interest. */
  readonly pidOf?: (started: Started) => Promise<number | undefined>;
  readonly stop: (started: Started) => Promise<void>;
}

/** One start. */
export interface Ready {
  readonly milliseconds: number;
  /** Once it was ready; undefined for a program that ends. */
  readonly memory: Memory | undefined;
}

/** Milliseconds between two questions. */
const PAUSE = 1;
/** Milliseconds after which memory is read: what a runtime does after its first answer is over by then. */
const SETTLE = 100;

/**
 * Starts a component, measures the time until its probe succeeds, and stops it. Failures: PROBE_TAKEN, START_ENDED,
 * START_ELSEWHERE, START_TIMED_OUT, with the last lines that it printed.
 */
export async function measureReady(
  image: string,
  launch: Launch,
  probe: Probe,
  limit: number,
): Promise<Result<Ready>> {
  if ((probe.kind === 'grpc' || probe.kind === 'http') && (await ask(probe))) {
    const what = `something answers on ${probe.host}:${probe.port} before ${image} is started`;
    return failed(measureFailure('PROBE_TAKEN', { what }));
  }
  const output = new OutputTail();
  let printed = '';
  let matched: number | undefined;
  const started = await startProcess(launch, (chunk, from) => {
    output.add(from, chunk);
    if (probe.kind !== 'log' || matched !== undefined) return;
    printed = (printed + chunk).slice(-65_536);
    if (probe.pattern.test(printed)) matched = performance.now();
  });
  if (!started.ok) return started;
  const { began, ended } = started.value;
  let end: Awaited<Started['ended']> | undefined;
  void ended.then((value) => {
    end = value;
  });
  const why = () => lastLines(output.lines()) || 'It printed nothing.';
  try {
    for (;;) {
      const ready =
        probe.kind === 'log' ? matched : probe.kind === 'exit' ? succeeded(end) : await askAt(probe);
      if (ready !== undefined) {
        const memory = end ? undefined : await readWhenSettled(launch, started.value);
        return ok({ milliseconds: ready - began, memory });
      }
      if (end) {
        const what = `${image} ended with ${printStatus(end.status)} before it was ready`;
        return failed(measureFailure('START_ENDED', { what, why: why() }));
      }
      if (performance.now() - began > limit)
        return failed(await explainSilence(image, launch, started.value, probe, limit, why()));
      await wait(PAUSE);
    }
  } finally {
    await launch.stop(started.value);
    await ended;
  }
}

async function askAt(probe: Probe): Promise<number | undefined> {
  return (await ask(probe)) ? performance.now() : undefined;
}

async function ask(probe: Probe): Promise<boolean> {
  if (probe.kind === 'grpc') return askGrpc(probe);
  if (probe.kind === 'http') return askHttp(probe);
  return probe.kind === 'command' && (await run({ argv: ['sh', '-c', probe.command], timeout: 10_000 })).ok;
}

function succeeded(end: Awaited<Started['ended']> | undefined): number | undefined {
  return end?.status === 0 ? end.at : undefined;
}

async function readWhenSettled(launch: Launch, started: Started): Promise<Memory | undefined> {
  if (!launch.pidOf) return undefined;
  await wait(SETTLE);
  const pid = await launch.pidOf(started);
  return pid === undefined ? undefined : readMemory(pid);
}

async function explainSilence(
  image: string,
  launch: Launch,
  started: Started,
  probe: Probe,
  limit: number,
  why: string,
) {
  const pid = await launch.pidOf?.(started);
  const listening = pid === undefined ? [] : listListening(pid);
  const asked = probe.kind === 'grpc' || probe.kind === 'http' ? `${probe.host}:${probe.port}` : undefined;
  const seconds = `${limit / 1000} s`;
  if (asked !== undefined && listening.length > 0 && !listening.some((one) => answersAt(one, asked))) {
    const what = `${image} listens on ${listening.join(', ')}, and its probe asks ${asked}`;
    return measureFailure('START_ELSEWHERE', { what, why });
  }
  return measureFailure('START_TIMED_OUT', { what: `${image} was not ready within ${seconds}`, why });
}

function answersAt(listening: string, asked: string): boolean {
  const port = (address: string) => address.slice(address.lastIndexOf(':'));
  return (
    port(listening) === port(asked) &&
    (listening === asked || /^(0\.0\.0\.0|\[::\])/.test(listening) || asked.startsWith('localhost'))
  );
}

function printStatus(status: number | NodeJS.Signals): string {
  return typeof status === 'number' ? `status ${status}` : status;
}
