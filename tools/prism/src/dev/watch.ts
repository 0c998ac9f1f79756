import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { ifThere } from '@prism-build/shell';

/** Editors and git change many files at once: one update after so many milliseconds of quiet, or after the limit. */
const quiet = 20;
const limit = 300;

/** Watches the directories of files. */
export interface Watching {
  /** From now on, these files; absolute paths. Watches what is new before it returns. */
  readonly follow: (files: Iterable<string>) => void;
  readonly end: () => void;
}

/**
 * Watches files for changes by `fs.watch` of their directories, which on Linux is one inotify watch each: editors replace
 * files by renaming, and a watch of the file would stay with the old one. No recursion and no package for it are needed,
 * because the directories are known; so node_modules is never looked at.
 *
 * @param root directories above files are watched up to this one, because git removes and creates whole directories
 */
export function watchFiles(root: string, onChange: (paths: readonly string[]) => void): Watching {
  const watched = new Map<string, { readonly watcher: fs.FSWatcher; readonly inode: number }>();
  const changed = new Set<string>();
  let first = 0;
  let timer: NodeJS.Timeout | undefined;
  const fire = () => {
    const paths = [...changed];
    changed.clear();
    first = 0;
    onChange(paths);
  };
  const note = (path: string) => {
    changed.add(path);
    first ||= Date.now();
    clearTimeout(timer);
    timer = setTimeout(fire, Date.now() - first > limit ? 0 : quiet);
  };
  const watch = (directory: string): void => {
    const inode = fs.statSync(directory, { throwIfNoEntry: false })?.ino;
    const known = watched.get(directory);
    if (inode !== undefined && known?.inode === inode) return;
    known?.watcher.close();
    watched.delete(directory);
    if (inode === undefined) return;
    const watcher = ifThere(() =>
      fs.watch(directory, (event, name) => {
        if (name === null) return note(directory);
        const path = join(directory, name);
        // A new directory may get files of the component at any moment.
        if (event === 'rename' && isNewDirectory(path)) watchBelow(path);
        note(path);
      }),
    );
    if (!watcher) return;
    watcher.on('error', () => note(directory));
    watched.set(directory, { watcher, inode });
  };
  const isNewDirectory = (path: string) =>
    !watched.has(path) &&
    !/(^|\/)(node_modules|\.git|\.nx|\.prism|dist)$/.test(path) &&
    fs.lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  const watchBelow = (directory: string): void => {
    // That of a volume may belong to another user.
    if (!isReadable(directory)) return;
    watch(directory);
    for (const entry of ifThere(() => fs.readdirSync(directory, { withFileTypes: true })) ?? []) {
      const path = join(directory, entry.name);
      note(path);
      if (entry.isDirectory() && isNewDirectory(path)) watchBelow(path);
    }
  };
  return {
    follow: (files) => {
      const wanted = new Set<string>();
      for (const file of files) {
        let directory = dirname(file);
        wanted.add(directory);
        while (directory.startsWith(`${root}/`) && !wanted.has(dirname(directory))) {
          directory = dirname(directory);
          if (directory !== root) wanted.add(directory);
        }
      }
      for (const directory of wanted) watch(directory);
    },
    end: () => {
      clearTimeout(timer);
      for (const { watcher } of watched.values()) watcher.close();
      watched.clear();
    },
  };
}

function isReadable(directory: string): boolean {
  try {
    fs.accessSync(directory, fs.constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
