import { type Entry, opaqueWhiteout, whiteout } from '@prism-build/oci';
import { text } from './archives';
import type { OracleBase } from './bases';
import type { Random } from './random';

/** Where the destinations and sources of generated copies lie. */
const names = ['a', 'b', 'x', 'w', 'r', 'l', 'z'];
const targets = ['a', '/x', '../x', 'b', '/w/v', 'gone', '/', '.', 'x/y'];

/** An image of one to three layers; upper ones replace, add and hide. */
export function generateBase(random: Random): OracleBase {
  const first = makeLayer(random);
  const layers = [first];
  for (let more = random.below(3); more > 0; more--) layers.push(makeUpper(random, first));
  return { layers, config: makeConfig(random) };
}

function makeLayer(random: Random): Entry[] {
  return names.flatMap((name) => (random.chance(60) ? makeEntries(random, name, 2) : []));
}

function makeEntries(random: Random, path: string, depth: number): Entry[] {
  const owned = { uid: random.pick([0, 0, 5]), gid: random.pick([0, 6]) };
  if (random.chance(12))
    return [{ type: 'symlink', path, mode: 0o777, ...owned, linkTarget: random.pick(targets) }];
  if (depth === 0 || random.chance(15)) {
    const content = text(random.pick(['', path, 'base\n']));
    return [{ type: 'file', path, mode: random.pick([0o644, 0o755, 0o4755]), ...owned, content }];
  }
  const inner = ['a', 'b', 'y'].filter(() => random.chance(50));
  const mode = random.pick([0o755, 0o700, 0o1777]);
  return [
    { type: 'directory', path, mode, ...owned },
    ...inner.flatMap((name) => makeEntries(random, `${path}/${name}`, depth - 1)),
  ];
}

/** Whiteouts name what a layer below has; what is hidden whole is not written again in the same layer. */
function makeUpper(random: Random, lower: readonly Entry[]): Entry[] {
  return names.flatMap((name): Entry[] => {
    const below = lower.find(({ path }) => path === name);
    if (!below || random.chance(40)) return random.chance(30) ? makeEntries(random, name, 1) : [];
    if (below.type !== 'directory' || random.chance(50)) return [whiteout(name)];
    return [below, opaqueWhiteout(name)];
  });
}

function makeConfig(random: Random): NonNullable<OracleBase['config']> {
  return {
    ...(random.chance(50) && { Env: random.pick([['A=base'], ['PATH=/p', 'B=b b', 'C='], ['X=1']]) }),
    ...(random.chance(40) && { WorkingDir: random.pick(['/x', '/w/v', '/']) }),
    ...(random.chance(40) && { User: random.pick(['5:6', '7', 'nobody']) }),
    ...(random.chance(50) && { Cmd: ['/base'] }),
    ...(random.chance(50) && { Entrypoint: ['/entry', 'x'] }),
    ...(random.chance(30) && { Labels: { k: 'base', other: '1' } }),
    ...(random.chance(30) && { ExposedPorts: { '80/tcp': {} }, Volumes: { '/u': {} } }),
  };
}
