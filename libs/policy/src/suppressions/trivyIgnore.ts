import { failed, ok, type Place, type Result } from '@prism-build/errors';
import * as z from 'zod';
import { checkValue, invalid } from '../documents/located';
import { readYaml } from '../documents/readYaml';
import { parsePurl } from './purl';
import type { Suppression } from './suppression';

const entry = z.strictObject({
  id: z.string().min(1),
  paths: z.array(z.string().min(1)).min(1).optional(),
  purls: z
    .array(z.string().refine((text) => parsePurl(text) !== undefined, 'is not a package URL'))
    .min(1)
    .optional(),
  // YAML 1.2 has no dates: they are text.
  expired_at: z.union([z.iso.date(), z.iso.datetime({ offset: true })]).optional(),
  statement: z.string().min(1).optional(),
});

const file = z
  .strictObject({
    vulnerabilities: z.array(entry).nullish(),
    secrets: z.array(entry).nullish(),
    misconfigurations: z.array(entry).nullish(),
    licenses: z.array(entry).nullish(),
  })
  .nullish();

/**
 * What `.trivyignore.yaml` of Trivy accepts: vulnerabilities, secrets and licences. `expired_at` is the first moment at which
 * an entry no longer applies. Misconfigurations are not scanned, so entries for them are refused. Failures:
 * SCAN_POLICY_INVALID.
 */
export function parseTrivyIgnore(text: string, name: string): Result<readonly Suppression[]> {
  const located = readYaml(text, name);
  if (!located.ok) return located;
  const parsed = checkValue(located.value, file);
  if (!parsed.ok) return parsed;
  const { lineOf } = located.value;
  const { misconfigurations, ...sections } = parsed.value ?? {};
  if (misconfigurations && misconfigurations.length > 0)
    return failed(
      invalid(
        name,
        lineOf(['misconfigurations']),
        'misconfigurations are not scanned; write a suppression of a rule into the scan policy',
      ),
    );
  return ok(
    Object.entries(sections).flatMap(([section, entries]) =>
      (entries ?? []).flatMap((one, index) =>
        listScopes(one, { file: name, line: lineOf([section, index]) }),
      ),
    ),
  );
}

/** An entry covers each combination of its paths and packages. */
function listScopes(
  { id, paths, purls, expired_at: end, statement }: z.infer<typeof entry>,
  at: Place,
): Suppression[] {
  const common = {
    ids: [id],
    reason: statement ?? 'no statement',
    ...(end !== undefined && { until: Date.parse(end) }),
    at,
  };
  return (paths ?? [undefined]).flatMap((path) =>
    (purls ?? [undefined]).map((purl) => ({
      ...common,
      ...(path !== undefined && { path }),
      ...(purl !== undefined && { purl }),
    })),
  );
}
