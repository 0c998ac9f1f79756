import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { align, measure, median, table } from './lib/measure.mjs';
import { run, time } from './lib/process.mjs';
import { bundlePush, countedRegistry, makeLayout } from './lib/pushed.mjs';
import { temporaryDirectory } from './lib/workspace.mjs';

const goal = 1000;
const size = 5_000_000;

/**
 * The push of a new image of two platforms, and of one that is there, to a registry on loopback: the plugin's push against
 * `skopeo copy --all` and, if it is on PATH, `crane push`. Without the gate: its time is that of the scan.
 */
export async function push({ rounds = 5 }) {
  const scratch = temporaryDirectory();
  const library = bundlePush(scratch);
  const registry = await countedRegistry(scratch);
  const hasCrane = isThere('crane');
  let made = 0;
  const makeImage = () => {
    const layout = join(scratch, `layout${made++}`);
    return { layout, image: makeLayout(library, layout, size) };
  };
  const sides = {
    ours: ({ image, layout }) => pushOurs(library, registry.host, image, layout),
    skopeo: ({ layout }) =>
      run([
        ...['skopeo', 'copy', '--quiet', '--all', '--preserve-digests', '--dest-tls-verify=false'],
        ...[`oci:${layout}`, `docker://${registry.host}/bench/skopeo:latest`],
      ]),
    ...(hasCrane && {
      crane: ({ layout }) => run(['crane', 'push', '--index', layout, `${registry.host}/bench/crane:latest`]),
    }),
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
        () => {
          if (kind === 'new') last[name] = makeImage();
          return counted(`${name} ${kind}`, () => side(last[name]))();
        },
      ]),
    );
  const fresh = await measure(timedSides('new'), rounds);
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
    `a new image of two platforms, and the same again, to a registry on loopback${hasCrane ? '' : ' (no crane on PATH)'}\n`,
    table([...rows, ['floor: one start of skopeo', floor.start]]),
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

function isThere(command) {
  try {
    execFileSync(command, ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
