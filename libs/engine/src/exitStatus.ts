/**
 * The cause of an exit status that both engines reserve for themselves; undefined for one of the program.
 *
 * @param errors what the engine has printed on standard error; empty if it is not known
 */
export function explainStatus(status: number, errors: string): string | undefined {
  if (status === 125) return 'the engine could not start the container';
  if (status === 126) return explainRefusal(errors);
  if (status === 127) return 'there is no such entrypoint in the image';
  return status === 137 ? 'it was killed, perhaps for want of memory' : undefined;
}

/**
 * Engines end with 126 both if the entrypoint is not executable and if they themselves may not do something. runc, crun and
 * Docker name the program in the first case.
 */
function explainRefusal(errors: string): string {
  const said = errors
    .split('\n')
    .map((line) => line.trim())
    .findLast((line) => /^(Error|docker): /.test(line));
  if (said === undefined) return 'the engine refused to start the entrypoint, or it is not executable';
  // runc: exec: "/x": permission denied; crun: open executable, exec container process `/x`; both: exec format error.
  const program = /exec: "|exec container process|open executable|exec format error|is a directory/i.test(
    said,
  );
  return program
    ? `the entrypoint is not executable, or is for another architecture: ${said}`
    : `the engine itself failed, not the entrypoint: ${said}`;
}
