import * as fs from 'node:fs';
import { join } from 'node:path';
import { installEnvoy, startEnvoy } from './lib/envoy.mjs';
import { align, measure, median } from './lib/measure.mjs';
import { freePort } from './lib/ports.mjs';
import { processorTimeOf, pssOfProcess } from './lib/proc.mjs';
import { environment, run } from './lib/process.mjs';
import { findProgram, startNginx, startServer } from './lib/servers.mjs';
import { nxOf, repository, temporaryDirectory } from './lib/workspace.mjs';

const levels = [1, 8, 64, 256];
/** At these levels the processor is not the limit, so the proxy's own time shows. */
const moderate = 8;
const addedGoal = 0.2;
const memoryGoal = 10;
const namespace = 'memory';
/** What is measured in the proxy's place, if it can be had, and how. */
const peers = { nginx: 'apt-get install nginx-light', Envoy: 'it comes by pip' };

/**
 * Calls of `Get` through the proxy and memstore, against memstore alone and against nginx's `grpc_pass` and Envoy in the
 * proxy's place, with one connection a client. The idle memory of proxy and plugin is read before. The processor's time a call is
 * the server's own: it also tells on a busy machine which side needs more.
 */
export async function proxyLoad({ rounds = 5 }) {
  const scratch = temporaryDirectory();
  await nxOf(repository, { daemon: false })('run-many', '-t', 'compile', '-p', 'proxy,plugin-memstore');
  const load = join(scratch, 'load');
  const env = environment({ GOWORK: 'off' });
  await run(['go', 'build', '-o', load, '.'], { cwd: join(repository, 'tools/bench/load'), env });
  const { servers, memory } = await startAll(scratch);
  const call = async (server, clients) => {
    const before = processorTimeOf(server.process);
    const flags = [`-target=${server.address}`, `-namespace=${namespace}`, `-clients=${clients}`];
    const result = JSON.parse(await run([load, ...flags]));
    return { ...result, processor: ((processorTimeOf(server.process) - before) * 1000) / result.calls };
  };
  const found = [];
  for (const clients of levels) {
    const sides = Object.fromEntries(
      Object.entries(servers).map(([name, server]) => [name, () => call(server, clients)]),
    );
    found.push({ clients, results: await measure(sides, rounds) });
  }
  return [
    `Get of 100 bytes by ${levels.join(', ')} clients with a connection each\n`,
    ...Object.entries(peers).map(([name, how]) =>
      servers[name] ? '' : `  without ${name}, which is not installed: ${how}\n`,
    ),
    align([
      [
        ...['clients', '', 'calls/s', 'p50', 'p99', 'CPU a call', 'failed'],
        ...Object.keys(peers).map((name) => `of ${name}`),
        'added at p50',
      ],
      ...found.flatMap(rowsOf),
    ]),
    align([['', 'idle memory', 'goal'], ...memory.map(toMemory)]),
  ].join('');
}

/** Starts the servers, and reads what they take before anybody calls them. */
async function startAll(scratch) {
  const listen = async () => {
    const port = await freePort();
    return { port, address: `127.0.0.1:${port}` };
  };
  const [own, data, admin] = [await listen(), await listen(), await listen()];
  const plugin = await startServer([compiled('plugin-memstore', 'plugin-memstore')], own.port, {
    PRISM_LISTEN: own.address,
  });
  const config = join(scratch, 'proxy.yaml');
  const row = `{name: ${namespace}, backend: memstore, endpoint: '${own.address}'}`;
  fs.writeFileSync(config, `namespaces: [${row}]\n`);
  const proxy = await startServer([compiled('proxy', 'prism-proxy')], data.port, {
    PRISM_CONFIG: config,
    PRISM_LISTEN: data.address,
    PRISM_ADMIN_LISTEN: admin.address,
  });
  const servers = { plugin, proxy };
  const memory = Object.entries(servers).map(([name, one]) => [name, pssOfProcess(one.process)]);
  const nginx = findProgram('nginx');
  const place = join(scratch, 'nginx');
  if (nginx) servers.nginx = await startNginx(nginx, place, own.address);
  const envoy = await installEnvoy();
  if (envoy) servers.Envoy = await startEnvoy(envoy, join(scratch, 'envoy'), own.port);
  return { servers, memory };
}

function compiled(project, program) {
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  return join(repository, 'dist', 'compile', project, `linux-${architecture}`, program);
}

function rowsOf({ clients, results }) {
  const of = (name, field) => results[name].map((one) => one[field]);
  const part = (name, peer) =>
    median(of(name, 'perSecond').map((calls, round) => calls / of(peer, 'perSecond')[round]));
  const added = (name) => median(of(name, 'p50Ms').map((time, round) => time - of('plugin', 'p50Ms')[round]));
  const judge = (met) => (met ? 'met' : 'MISSED');
  return Object.keys(results).map((name) => {
    const failed = of(name, 'failed').reduce((sum, one) => sum + one, 0);
    const own = [String(clients), name, median(of(name, 'perSecond')).toFixed(0)];
    const times = ['p50Ms', 'p99Ms'].map((field) => `${median(of(name, field)).toFixed(2)} ms`);
    const row = [...own, ...times, `${median(of(name, 'processor')).toFixed(0)} µs`, String(failed)];
    if (name === 'plugin') return row;
    const by = Object.keys(peers).map((peer) =>
      name === 'proxy' && results[peer] ? part('proxy', peer) : undefined,
    );
    const more = added(name);
    const limited = name === 'proxy' && clients <= moderate;
    return [
      ...row,
      ...by.map((one) => (one === undefined ? '' : `${one.toFixed(2)} ≥ 1.00 ${judge(one >= 1)}`)),
      `${more.toFixed(2)} ms${limited ? ` < ${addedGoal.toFixed(2)} ${judge(more < addedGoal)}` : ''}`,
    ];
  });
}

function toMemory([name, bytes]) {
  const megabytes = bytes / 1e6;
  const verdict = megabytes <= memoryGoal ? 'met' : 'MISSED';
  return [name, `${megabytes.toFixed(1)} MB`, name === 'plugin' ? `≤ ${memoryGoal} MB ${verdict}` : ''];
}
