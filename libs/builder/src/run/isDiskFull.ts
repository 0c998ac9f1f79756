const said = /no space left on device|disk quota exceeded/i;

/** Buildah writes a layer through a pipe. If the disk is full, it reports only the broken pipe. */
const unsaid = /storing layer "\w+" to file: io: read\/write on closed pipe/;

/** Whether a program's output reports a full disk: ENOSPC and EDQUOT as C, Go and Buildah print them. */
export function isDiskFull(output: string): boolean {
  return said.test(output) || unsaid.test(output);
}
