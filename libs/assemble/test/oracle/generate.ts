import type { ContextEntry, OracleCase } from './case';
import { generateBase } from './generateBase';
import { instruction } from './grammar';
import { makeRandom, type Random } from './random';

const baseName = 'localhost/base/generated';
const names = ['a', 'b', 'c.txt', 'd d', 'é', 'x.md', 'Z'];
const ignoreLines = [
  '*.md',
  '**/b',
  '!a',
  'a/b',
  '*',
  '!**/c.txt',
  'Z/**',
  'b',
  '!x.md',
  '[ab]',
  'a/*',
  '!Z',
];

/** The case of a seed: a small context, and a Containerfile of one to three stages. */
export function generateCase(seed: number): OracleCase {
  const random = makeRandom(seed);
  const context = makeContext(random);
  if (random.chance(25)) {
    const lines = Array.from({ length: 1 + random.below(4) }, () => random.pick(ignoreLines));
    context[random.pick(['.containerignore', '.dockerignore'])] = `${lines.join('\n')}\n`;
  }
  const bases = random.chance(40) ? { [baseName]: generateBase(random) } : undefined;
  const lines = random.chance(30) ? ['ARG OUTER=a'] : [];
  const stages = 1 + random.below(3);
  for (let stage = 0; stage < stages; stage++) {
    const start = bases && random.chance(60) ? baseName : 'scratch';
    const base = stage > 0 && random.chance(40) ? `s${random.below(stage)}` : start;
    lines.push(`FROM ${base} AS s${stage}`);
    const sources = { paths: Object.keys(context), stage, image: bases && baseName };
    const count = 1 + random.below(4);
    for (let at = 0; at < count; at++) lines.push(instruction(random, sources));
  }
  return { name: `seed ${seed}`, containerfile: `${lines.join('\n')}\n`, context, bases };
}

function makeContext(random: Random): Record<string, ContextEntry> {
  const context: Record<string, ContextEntry> = {};
  const count = 3 + random.below(7);
  for (let at = 0; at < count; at++) {
    const parts = Array.from({ length: 1 + random.below(3) }, () => random.pick(names));
    const path = parts.join('/');
    if (isTaken(context, path)) continue;
    context[path] = makeEntry(random, at);
  }
  return context;
}

function makeEntry(random: Random, at: number): ContextEntry {
  if (random.chance(12)) return { directory: 0o755 };
  if (random.chance(15))
    return { link: random.pick(['a', '../a', 'b', '/a', 'x.md', 'gone', '../../b', '.']) };
  return { bytes: random.chance(10) ? '' : `content ${at}\n`, mode: random.pick([0o644, 0o644, 0o755]) };
}

/** A path is no good where it, or what is above or below it, is there as something else. */
function isTaken(context: Readonly<Record<string, ContextEntry>>, path: string): boolean {
  return Object.keys(context).some(
    (known) => known === path || path.startsWith(`${known}/`) || known.startsWith(`${path}/`),
  );
}
