import * as fs from 'node:fs';
import { dirname } from 'node:path';
import type { Workspace } from '../../../../test/support/workspace';

/** An integer below `limit`. */
export type Random = (limit: number) => number;

/** The same numbers for the same seed (mulberry32). */
export function openRandom(seed: number): Random {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}

/** Whether git sees a change, so that `affected` can. */
type Change = (at: (name: string) => string, random: Random) => boolean;

const old = new Date('2001-01-01T00:00:00Z');
const remove = (path: string) => fs.rmSync(path, { recursive: true, force: true });

/** Changes of a directory `d` that holds the files a and b, which Nx does not hash or may take for no change. */
export const metadataChanges: Readonly<Record<string, Change>> = {
  link: (at, random) => {
    remove(at('d/link'));
    fs.symlinkSync(['a', 'b', '../outside', 'gone'][random(4)]!, at('d/link'));
    return true;
  },
  fileForLink: (at) => {
    remove(at('d/link'));
    fs.writeFileSync(at('d/link'), 'a file');
    return true;
  },
  directoryForLink: (at) => {
    remove(at('d/link'));
    fs.mkdirSync(at('d/link'));
    return false;
  },
  mode: (at) => {
    const executable = (fs.statSync(at('d/a')).mode & 0o100) !== 0;
    fs.chmodSync(at('d/a'), executable ? 0o644 : 0o755);
    return true;
  },
  directory: (at, random) => {
    fs.mkdirSync(at(`d/empty${random(3)}`), { recursive: true });
    return false;
  },
  oldTime: (at, random) => {
    fs.writeFileSync(at('d/b'), String(random(10)));
    fs.utimesSync(at('d/b'), old, old);
    return false;
  },
  time: (at, random) => {
    fs.utimesSync(at('d/a'), old, new Date(old.getTime() + 1000 * random(3)));
    return false;
  },
  lineEnds: (at, random) => {
    fs.writeFileSync(at('d/a'), random(2) === 0 ? 'one\r\ntwo\r\n' : 'one\ntwo\n');
    return true;
  },
  installed: (at, random) => {
    fs.mkdirSync(at('d/node_modules'), { recursive: true });
    fs.writeFileSync(at('d/node_modules/x.js'), String(random(10)));
    return false;
  },
};

/** Components that copy the directory `d`, the last of them that of a submodule; committed. */
export function makeChangingComponents(workspace: Workspace, names: readonly string[]): void {
  const files = (directory: string) => {
    for (const [name, text] of Object.entries({ a: 'one\ntwo\n', b: '0' })) {
      fs.mkdirSync(dirname(workspace.path(`${directory}/${name}`)), { recursive: true });
      workspace.write(`${directory}/${name}`, text);
    }
  };
  for (const name of names) workspace.write(`svc/${name}/Containerfile`, 'FROM scratch\nCOPY d /d\n');
  for (const name of names.slice(0, -1)) files(`svc/${name}/d`);
  const third = `svc/${names.at(-1)}/d`;
  files(third);
  const inside = (...args: string[]) => workspace.git('-C', third, ...args);
  inside('init', '-q', '-b', 'main');
  commitSubmodule(workspace, third);
  workspace.write('.gitmodules', `[submodule "third"]\n\tpath = ${third}\n\turl = ./elsewhere\n`);
}

export function commitSubmodule(workspace: Workspace, directory: string): void {
  workspace.git('-C', directory, 'add', '-A', '.');
  workspace.git(
    '-C',
    directory,
    '-c',
    'user.name=t',
    '-c',
    'user.email=t@t',
    'commit',
    '-qm',
    'x',
    '--allow-empty',
  );
}
