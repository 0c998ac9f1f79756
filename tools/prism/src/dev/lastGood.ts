import * as fs from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * What the last version that was ready had, of the files that newer ones have changed since: if a newer one crashes before
 * it is ready, its files go back.
 */
export interface LastGood<T> {
  /** Keeps what is at a place, before it changes; `known` is handed back by `restore`. Only the first time counts. */
  readonly save: (path: string, place: string, known: T | undefined) => void;
  /** What is there now is good: forgets what was. */
  readonly forget: () => void;
  /** Puts all back; returns what was known of each path. */
  readonly restore: () => ReadonlyMap<string, T | undefined>;
}

interface Saved<T> {
  readonly place: string;
  readonly known: T | undefined;
  /** What was there; its content is in a copy. */
  readonly stat: fs.Stats | undefined;
  readonly copy: string;
}

/**
 * @param directory for copies: hard links, which cost no time, because files are replaced by renaming
 * @param isWrittenInPlace places whose inode stays, so that they need a real copy
 */
export function openLastGood<T>(
  directory: string,
  isWrittenInPlace: (place: string) => boolean,
): LastGood<T> {
  const saved = new Map<string, Saved<T>>();
  const copyFile = (from: string, to: string) => {
    const stat = fs.statSync(from);
    fs.copyFileSync(from, to);
    fs.chmodSync(to, stat.mode);
  };
  const putBack = ({ place, copy }: Saved<T>, stat: fs.Stats) => {
    if (isWrittenInPlace(place)) return copyFile(copy, place);
    const there = fs.lstatSync(place, { throwIfNoEntry: false });
    if (there && there.isDirectory() !== stat.isDirectory()) fs.rmSync(place, { recursive: true });
    fs.mkdirSync(dirname(place), { recursive: true });
    if (!stat.isDirectory()) return fs.renameSync(copy, place);
    fs.mkdirSync(place, { recursive: true });
    fs.lchownSync(place, stat.uid, stat.gid);
    fs.chmodSync(place, stat.mode);
  };
  /** Whether a directory above was none: what is there now may be a link that leads out of the session. */
  const isGoneAbove = (path: string) =>
    path.split('/').some((_, depth, parts) => {
      const above = depth > 0 ? saved.get(parts.slice(0, depth).join('/')) : undefined;
      return above !== undefined && !above.stat?.isDirectory();
    });
  const forget = () => {
    fs.rmSync(directory, { recursive: true, force: true });
    saved.clear();
  };
  return {
    save: (path, place, known) => {
      if (saved.has(path)) return;
      const stat = fs.lstatSync(place, { throwIfNoEntry: false });
      const copy = join(directory, String(saved.size));
      saved.set(path, { place, known, stat, copy });
      if (!stat || stat.isDirectory()) return;
      fs.mkdirSync(directory, { recursive: true });
      if (stat.isSymbolicLink()) fs.symlinkSync(fs.readlinkSync(place), copy);
      else if (isWrittenInPlace(place)) copyFile(place, copy);
      else fs.linkSync(place, copy);
    },
    forget,
    restore: () => {
      // Parents come before what is in them.
      const all = [...saved].sort(([a], [b]) => (a < b ? -1 : 1));
      for (const [path, one] of all)
        if (one.stat) putBack(one, one.stat);
        else if (!isGoneAbove(path)) fs.rmSync(one.place, { recursive: true, force: true });
      const known = new Map(all.map(([path, one]) => [path, one.known]));
      forget();
      return known;
    },
  };
}
