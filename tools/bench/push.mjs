import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { installGoTool } from './lib/goTool.mjs';
import { koBuild, koVersion } from './lib/ko.mjs';
import { align, measure, median, table } from './lib/measure.mjs';
import { podmanOf } from './lib/podman.mjs';
import { run, time } from './lib/process.mjs';
import { bundlePush, countedRegistry, makeLayout } from './lib/pushed.mjs';
import { repository, temporaryDirectory } from './lib/workspace.mjs';

const goal = 1000;
const size = 5_000_000;
const craneVersion = 'v0.21.7';

/**
 * The push of a new image of two platforms, and of one that is there, to a registry on loopback: the plugin's push against
 * `skopeo copy --all`, `crane push` and `podman manifest push`. Without the gate: its time is that of the scan. And `ko build` of
 * a program that Go has compiled already, which is what ko adds to compiling.
 */
export async function push({ rounds = 5 }) {
  const scratch = temporaryDirectory();
  const library = bundlePush(scratch);
  const registry = await countedRegistry(scratch);
  const crane = await installGoTool('github.com/google/go-containerregistry/cmd/crane', craneVersion);
  const podman = podmanOf(scratch);
  const program = { module: 'plugins/memstore', main: './cmd/plugin-memstore', tags: 'grpcnotrace' };
  const ko = await koBuild(scratch, repository, program, `${registry.host}/bench/ko`);
  let made = 0;
  const makeImage = async (side) => {
    const list = `localhost/bench:${made}`;
    const layout = join(scratch, `layout${made++}`);
    const image = makeLayout(library, layout, size);
    if (side === 'podman') {
      await podman('manifest', 'create', list);
      await podman('manifest', 'add', '--all', list, `oci:${layout}`);
    }
    return { layout, image, list };
  };
  const sides = {
    ours: ({ image, layout }) => pushOurs(library, registry.host, image, layout),
    skopeo: ({ layout }) =>
      run([
        ...['skopeo', 'copy', '--quiet', '--all', '--preserve-digests', '--dest-tls-verify=false'],
        ...[`oci:${layout}`, `docker://${registry.host}/bench/skopeo:latest`],
      ]),
    crane: ({ layout }) => run([crane, 'push', '--index', layout, `${registry.host}/bench/crane:latest`]),
    podman: ({ list }) =>
      podman(
        ...['manifest', 'push', '--all', '--tls-verify=false'],
        ...[list, `docker://${registry.host}/bench/podman:latest`],
      ),
  };
  const counts = {};
  const counted = (name, work) => async () => {
    registry.take();
    const milliseconds = await time(work);
    counts[name] = registry.take();
    return milliseconds;
  };
  const last = {};
  const timedSides = (kind) =>
    Object.fromEntries(
      Object.entries(sides).map(([name, side]) => [
        `${name} ${kind}`,
        async () => {
          if (kind === 'new') last[name] = await makeImage(name);
          return counted(`${name} ${kind}`, () => side(last[name]))();
        },
      ]),
    );
  const fresh = await measure(timedSides('new'), rounds);
  const koTimes = await measure({ ko: counted('ko build', () => ko()) }, rounds);
  const again = await measure(timedSides('again'), rounds);
  const floor = await measure({ start: () => time(() => run(['skopeo', '--version'])) }, rounds);
  const times = { ...fresh, ...again };
  const rows = Object.entries(times).map(([name, values]) => {
    const peer = name.replace('ours', 'skopeo');
    return name.startsWith('ours') ? [name, values, { to: peer, peer: times[peer] }] : [name, values];
  });
  const taken = Object.entries(counts).map(([name, { requests, bytes }]) => [
    name,
    `${requests}`,
    `${bytes}`,
  ]);
  const floors = [
    `one start of skopeo ${median(floor.start).toFixed(0)} ms`,
    `layers ${2 * size} bytes`,
  ].join(', ');
  const found = median(times['ours new']);
  return [
    `a new image of two platforms, and the same again, to a registry on loopback; crane ${craneVersion}, ko ${koVersion}\n`,
    table([
      ...rows,
      ['ko build and push, compiled before', koTimes.ko],
      ['floor: one start of skopeo', floor.start],
    ]),
    align([['', 'requests', 'bytes sent'], ...taken]),
    `  new image pushed in ${found.toFixed(0)} ms: goal ≤ ${goal} ms ${found <= goal ? 'met' : 'MISSED'}; floors: ${floors}\n`,
  ].join('');
}

async function pushOurs(library, host, image, layout) {
  const destination = library.parseDestination(`${host}/bench`, 'ours').value;
  const plan = library.planPush('ours', image, destination, [
    { name: 'latest', rule: 'latest', immutable: false },
  ]);
  const patience = { attempts: 1, delay: 0, sleep, random: Math.random };
  const tools = { run: library.run, calls: library.pushCalls({ allowHttp: [] }), patience, timeout: 60_000 };
  const pushed = await library.pushImage(tools, plan, {
    force: false,
    layout: async () => ({ ok: true, value: layout }),
  });
  if (!pushed.ok) throw new Error(JSON.stringify(pushed.failures));
}
