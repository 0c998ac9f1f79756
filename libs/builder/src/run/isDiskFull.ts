const said = /no space left on device|disk quota exceeded/i;

/** Buildah writes a layer through a pipe, and names the end that breaks, not the disk behind it that was full. */
const unsaid = /storing layer "\w+" to file: io: read\/write on closed pipe/;

/** Whether a program's output says that it had no room to write: ENOSPC and EDQUOT in the words of C, Go and Buildah. */
export function isDiskFull(output: string): boolean {
  return said.test(output) || unsaid.test(output);
}
