/** A file whose change changes a key though the compiler did not open it: why, and which. */
export interface Exception {
  readonly reason: string;
  readonly file: RegExp;
  readonly component: RegExp;
}

export const exceptions: readonly Exception[] = [
  {
    reason: 'modules of a crate are not followed: all below src counts, also the other programs there',
    file: /\/src\/bin\/other\.rs$/,
    component: /^app-g$/,
  },
  {
    reason: 'an embedded directory counts with the hidden files that Go leaves out',
    file: /\/static\/\.hidden$/,
    component: /^embed-e$/,
  },
  {
    reason: 'a name of two words that Go passes over is not told from one that it reads',
    file: /_windows_amd64\.go$/,
    component: /^work-a$/,
  },
];
