// Prints each benchmark as a table: medians, and the ratio to a peer of the same run beside its goal. Ratios are
// medians of pairwise ratios, so a busy machine slows both sides. A missed goal fails nothing.
import { loadavg } from 'node:os';
import { cold } from './cold.mjs';
import { deploy } from './deploy.mjs';
import { dev } from './dev.mjs';
import { edit } from './edit.mjs';
import { engines } from './engines.mjs';
import { cleanUp } from './lib/cleanup.mjs';
import { limits } from './limits.mjs';
import { noop } from './noop.mjs';
import { podman } from './podman.mjs';
import { podmans } from './podmans.mjs';
import { proxyLoad } from './proxyLoad.mjs';
import { push } from './push.mjs';
import { regular } from './regular.mjs';
import { scale } from './scale.mjs';
import { scan } from './scan.mjs';
import { sizes } from './sizes.mjs';
import { sizesGate } from './sizesGate.mjs';
import { stack } from './stack.mjs';
import { stackUp } from './stackUp.mjs';
import { start } from './start.mjs';
import { tiers } from './tiers.mjs';

const benchmarks = {
  edit,
  dev,
  engines,
  noop,
  cold,
  start,
  podman,
  podmans,
  stack,
  'stack-up': stackUp,
  deploy,
  push,
  regular,
  sizes,
  'sizes-gate': sizesGate,
  scale,
  limits,
  scan,
  tiers,
  'proxy-load': proxyLoad,
};
const names = process.argv.slice(2).filter((one) => !one.startsWith('--'));
const option = (name) => process.argv.find((one) => one.startsWith(`--${name}=`))?.slice(name.length + 3);
const unknown = names.filter((name) => !(name in benchmarks));
if (unknown.length > 0) {
  process.stderr.write(
    `no benchmark ${unknown.join(', ')}; there are ${Object.keys(benchmarks).join(', ')}\n`,
  );
  process.exit(1);
}

const load = () =>
  loadavg()
    .map((one) => one.toFixed(1))
    .join(' ');
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => cleanUp().finally(() => process.exit(1)));
try {
  for (const name of names.length > 0 ? names : Object.keys(benchmarks)) {
    const before = load();
    const rounds = option('rounds') ? Number(option('rounds')) : undefined;
    const report = await benchmarks[name]({ rounds, project: option('project'), size: option('size') });
    process.stdout.write(`\n${name}: ${report}load average before: ${before}, after: ${load()}\n`);
  }
} finally {
  await cleanUp();
}
