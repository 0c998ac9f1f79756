/** Whether a program's output says that it had no room to write: ENOSPC and EDQUOT in the words of C and of Go. */
export function isDiskFull(output: string): boolean {
  return /no space left on device|disk quota exceeded/i.test(output);
}
