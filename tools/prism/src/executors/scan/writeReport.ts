import { resolve } from 'node:path';
import { failed, imageFailure, ok, type Result } from '@prism-build/errors';
import { type ReportFormat, reportFormats, type ScanReport } from '@prism-build/policy';
import { attempt, writeFileAtomic } from '@prism-build/shell';
import type { ScanOptions } from './options';

/** Files that a run writes, so that two images do not write the same one. */
export type Written = (path: string, image: string) => boolean;

export function rememberWritten(): Written {
  const images = new Map<string, string>();
  return (path, image) => {
    const known = images.get(path);
    images.set(path, known ?? image);
    return known === undefined || known === image;
  };
}

/** A file to write: its form and its path. */
interface Planned {
  readonly format: ReportFormat;
  readonly path: string;
}

/**
 * Writes the forms of a report that go to files, and returns the text for the terminal: all forms if there is no file, else
 * the table. Failures: OPTIONS_INVALID, DISK_FULL, FILE_UNWRITABLE.
 */
export async function writeReport(
  report: ScanReport,
  options: ScanOptions,
  root: string,
  written: Written,
): Promise<Result<string>> {
  const formats = options.json ? ['json' as const] : [...new Set(options.format)];
  if (options.output === undefined)
    return ok(formats.map((one) => reportFormats[one].print(report)).join(''));
  const planned = planFiles(report.image, formats, options.output, root, written);
  if (!planned.ok) return planned;
  for (const { format, path } of planned.value) {
    const done = await attempt(`cannot write ${path}`, () =>
      writeFileAtomic(path, reportFormats[format].print(report)),
    );
    if (!done.ok) return done;
  }
  return ok(reportFormats.table.print(report));
}

function planFiles(
  image: string,
  formats: readonly ReportFormat[],
  output: string,
  root: string,
  written: Written,
): Result<readonly Planned[]> {
  const invalid = (what: string, remedy: string) => failed(imageFailure('OPTIONS_INVALID', { what, remedy }));
  // The table goes to the terminal anyway; it is written if nothing else is.
  const files = formats.length > 1 ? formats.filter((one) => one !== 'table') : formats;
  if (files.length > 1 && !output.includes('{format}'))
    return invalid(
      `option output: ${files.join(' and ')} cannot both be written to ${output}`,
      `Put {format} into the name: --output='${output}.{format}'.`,
    );
  const planned = files.map((format) => ({
    format,
    path: resolve(
      root,
      output
        .replaceAll('{image}', image.replace(/[^\w.-]+/g, '-'))
        .replaceAll('{format}', reportFormats[format].ending),
    ),
  }));
  const taken = planned.find(({ path }) => !written(path, image));
  return taken
    ? invalid(
        `option output: another image of this run writes ${output}`,
        `Put {image} into the name: --output='dist/scan/{image}.{format}'.`,
      )
    : ok(planned);
}
