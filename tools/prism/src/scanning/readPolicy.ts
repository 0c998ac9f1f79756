import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { failed, ok, type Result, scanFailure } from '@prism-build/errors';
import {
  type PolicySource,
  type ResolvedPolicy,
  readSuppressions,
  resolvePolicy,
  type SuppressionFile,
} from '@prism-build/policy';
import { attempt, readTextIfThere } from '@prism-build/shell';

const FILE = 'scan-policy.json';
const KEY = 'scan-policy';

/** A policy, where its values come from, and the files whose suppressions are part of it. */
export interface ProjectPolicy extends ResolvedPolicy {
  readonly suppressionFiles: readonly string[];
}

/**
 * The policy of a project; a field counts from the nearest of: the named file, scan-policy.json of the project, its
 * project.json or package.json, scan-policy.json of the workspace, nx.json, the defaults. Suppressions of OpenVEX documents and
 * of .trivyignore.yaml, of project and workspace, are added. Failure: SCAN_POLICY_INVALID.
 */
export async function readPolicy(
  root: string,
  project: string,
  named: string | undefined,
): Promise<Result<ProjectPolicy>> {
  const own = project === '.' ? '' : project;
  const places: readonly (Omit<PolicySource, 'text'> & { readonly required?: boolean })[] = [
    { file: 'nx.json', under: [KEY] },
    ...(own === '' ? [] : [{ file: FILE }]),
    { file: join(own, 'package.json'), under: ['nx', KEY] },
    { file: join(own, 'project.json'), under: [KEY] },
    { file: join(own, FILE) },
    ...(named === undefined ? [] : [{ file: named, required: true }]),
  ];
  const sources = readFiles(root, places);
  if (!sources.ok) return sources;
  const resolved = resolvePolicy(sources.value);
  if (!resolved.ok) return resolved;
  const { policy, origins } = resolved.value;
  const listed = await attempt(`cannot list ${root}`, () => listSuppressionFiles(root, own));
  if (!listed.ok) return listed;
  const vex = policy.vex.map((file) => ({ file, format: 'openvex' as const, required: true }));
  const files = readFiles<Omit<SuppressionFile, 'text'>>(root, [...listed.value, ...vex]);
  if (!files.ok) return files;
  const suppressions = readSuppressions(files.value);
  if (!suppressions.ok) return suppressions;
  return ok({
    policy: { ...policy, suppressions: [...policy.suppressions, ...suppressions.value] },
    origins,
    suppressionFiles: files.value.map(({ file }) => file),
  });
}

/** The files that exist, with their text. A required one that does not is a failure. */
function readFiles<T extends { readonly file: string }>(
  root: string,
  places: readonly (T & { readonly required?: boolean })[],
): Result<readonly (T & { readonly text: string })[]> {
  const read = places.map((one) => ({ ...one, text: readTextIfThere(join(root, one.file)) }));
  const missing = read.filter(({ text, required }) => text === undefined && required);
  if (missing.length > 0)
    return failed(
      ...missing.map(({ file }) =>
        scanFailure('SCAN_POLICY_INVALID', { what: `there is no ${file}`, at: { file } }),
      ),
    );
  return ok(
    read.flatMap(({ text, ...one }) => (text === undefined ? [] : [{ ...(one as unknown as T), text }])),
  );
}

/** The files of the workspace's root and of the project's that hold suppressions, by name. */
function listSuppressionFiles(root: string, project: string): Omit<SuppressionFile, 'text'>[] {
  return [...new Set(['', project])].flatMap((directory) =>
    readdirSync(join(root, directory))
      .sort()
      .flatMap((name): Omit<SuppressionFile, 'text'>[] => {
        const file = join(directory, name);
        if (/^\.trivyignore\.ya?ml$/.test(name)) return [{ file, format: 'trivyignore' as const }];
        return name.endsWith('.openvex.json') ? [{ file, format: 'openvex' as const }] : [];
      }),
  );
}
