import type { Layout } from './layout';

/** Differences between the files of an image and those of its running container. */
export interface Changes {
  /** New, or with other content or another mode. */
  readonly written: readonly string[];
  readonly removed: readonly string[];
}

/** What brings a running container up to date. */
export type Update =
  | { readonly kind: 'none' }
  /** Files that the program reads for each request. */
  | { readonly kind: 'files'; readonly paths: readonly string[] }
  /** The program starts again. */
  | { readonly kind: 'restart'; readonly paths: readonly string[] }
  /** The container cannot get these files while it runs. */
  | { readonly kind: 'image'; readonly paths: readonly string[] };

/** Formats that servers send as they are. */
const served = new Set([
  ...['html', 'htm', 'css', 'svg', 'png', 'jpg', 'jpeg', 'gif', 'webp', 'avif', 'ico', 'bmp'],
  ...['woff', 'woff2', 'ttf', 'otf', 'eot', 'map', 'txt', 'md', 'pdf', 'mp3', 'mp4', 'webm', 'wasm'],
  ...['xml', 'webmanifest', 'gz', 'br', 'zst'],
]);

/** Code of browsers, which is also code of a server if the server is itself a script. */
const scripts = new Set(['js', 'mjs', 'cjs', 'jsx']);

/**
 * Plans what changed files need. A server may read any other file only when it starts, so all but files that servers send
 * as they are start it again.
 *
 * @param interprets whether the entrypoint is a program of the base, which may interpret files of the image
 */
export function planUpdate(layout: Layout, { written, removed }: Changes, interprets: boolean): Update {
  const paths = [...written, ...removed];
  if (paths.length === 0) return { kind: 'none' };
  const holds = (path: string) => layout.directories.some((one) => path.startsWith(`${one}/`));
  const fixed = [
    ...written.filter((path) => path !== layout.program && !layout.files.includes(path) && !holds(path)),
    ...removed.filter((path) => !holds(path)),
  ];
  if (fixed.length > 0) return { kind: 'image', paths: fixed };
  const isServed = (path: string) => {
    const extension = path.slice(path.lastIndexOf('.') + 1).toLowerCase();
    return served.has(extension) || (!interprets && scripts.has(extension));
  };
  return { kind: paths.every(isServed) ? 'files' : 'restart', paths };
}
