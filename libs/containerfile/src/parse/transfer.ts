import { failed, ok, type Result } from '@prism-build/errors';
import type { Heredoc, Transfer } from '../instruction';
import { parseHeredocMark } from '../read/heredoc';
import { readList } from './command';
import type { Flags } from './flags';
import { failAt, type Request } from './request';

/** Reads the arguments of COPY and ADD. Separates heredocs from the other sources. */
export function readTransfer(request: Request, flags: Flags): Result<Transfer> {
  const words = readList(request);
  if (!words.ok) return words;
  const destination = words.value.at(-1);
  if (destination === undefined || words.value.length < 2) {
    const what = `${request.keyword} needs at least one source and a destination.`;
    return failed(failAt(request, 'CONTAINERFILE_MISSING_ARGUMENT', what));
  }
  const blank = words.value.find((word) => /^\d*<<-?$/.test(word));
  if (blank !== undefined && request.heredocs.length > 0) {
    const [{ name }] = request.heredocs as [Heredoc];
    const what = `${request.keyword} takes ${blank} and ${name} for two files: only RUN may have a blank there. Write ${blank}${name}.`;
    return failed(failAt(request, 'CONTAINERFILE_BAD_ARGUMENT', what));
  }
  const isInline = (word: string) =>
    request.heredocs.some(({ name }) => parseHeredocMark(word)?.name === name);
  if (isInline(destination)) {
    const what = `${request.keyword} cannot have a heredoc as its destination.`;
    return failed(failAt(request, 'CONTAINERFILE_BAD_ARGUMENT', what));
  }
  return ok({
    sources: words.value.slice(0, -1).filter((word) => !isInline(word)),
    heredocs: request.heredocs,
    destination,
    chown: flags.text('chown'),
    chmod: flags.text('chmod'),
    link: flags.isOn('link'),
    exclude: flags.list('exclude'),
  });
}
