import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { failed, ok, type Result, scanFailure } from '@prism-build/errors';
import { digestOf } from '@prism-build/oci';
import * as z from 'zod';
import type { Database } from '../database';

/** The files of a Go vulnerability database (https://go.dev/security/vuln/database). */
const about = z.looseObject({ modified: z.iso.datetime({ offset: true }) });
const vulns = z.array(z.looseObject({ id: z.string().regex(/^GO-\d+-\d+$/) })).min(1);
const modules = z
  .array(z.looseObject({ path: z.string().min(1), vulns: z.array(z.looseObject({ id: z.string() })).min(1) }))
  .min(1);
const entry = z.looseObject({
  id: z.string(),
  withdrawn: z.string().optional(),
  affected: z.array(z.looseObject({ package: z.looseObject({ name: z.string() }) })),
});

/**
 * Opens the Go vulnerability database in a directory. govulncheck itself reads only what it looks for, so this reads all of it: an
 * advisory that an index names must be there and whole, and the index of modules must name each advisory. Failures:
 * SCAN_DATABASE_MISSING, SCAN_DATABASE_INVALID.
 */
export function openGoDatabase(directory: string): Result<Database> {
  const remedy = `Download it with \`curl -fsSLO https://vuln.go.dev/vulndb.zip && rm -rf ${directory} && unzip -q -d ${directory} vulndb.zip\`, or change "govulncheck" in the scan policy.`;
  if (!existsSync(join(directory, 'index', 'modules.json')))
    return failed(
      scanFailure('SCAN_DATABASE_MISSING', {
        what: `there is no ${join(directory, 'index', 'modules.json')}`,
        remedy,
      }),
    );
  const digests: string[] = [];
  let file = '';
  function read<Schema extends z.ZodType>(name: string, schema: Schema): z.infer<Schema> {
    file = join(directory, `${name}.json`);
    const bytes = readFileSync(file);
    digests.push(`${name} ${digestOf(bytes)}`);
    const parsed = schema.safeParse(JSON.parse(bytes.toString()));
    if (parsed.success) return parsed.data;
    throw new Error(z.prettifyError(parsed.error));
  }
  try {
    const { modified } = read('index/db', about);
    const listed = read('index/vulns', vulns).map(({ id }) => id);
    const byModule = read('index/modules', modules);
    const indexed = new Set(byModule.flatMap(({ path, vulns }) => vulns.map(({ id }) => `${path} ${id}`)));
    const ids = [...new Set([...listed, ...byModule.flatMap(({ vulns }) => vulns.map(({ id }) => id))])];
    for (const id of ids.sort()) {
      const found = read(`ID/${id}`, entry);
      if (found.id !== id) throw new Error(`it is about ${found.id}`);
      const names = found.withdrawn ? [] : found.affected.map((one) => one.package.name);
      const left = names.find((name) => !indexed.has(`${name} ${id}`));
      if (left !== undefined) throw new Error(`index/modules.json does not name it for ${left}`);
    }
    const digest = digestOf(Buffer.from(digests.join('\n')));
    return ok({ directory, digest, time: Date.parse(modified) });
  } catch (error) {
    const why = (error as Error).message;
    return failed(scanFailure('SCAN_DATABASE_INVALID', { what: `${file} cannot be used`, why, remedy }));
  }
}
