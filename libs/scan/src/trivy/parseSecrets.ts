import { failed, ok, type Result, scanFailure } from '@prism-build/errors';
import { severities } from '@prism-build/policy';
import * as z from 'zod';
import type { FoundSecret } from '../scanner';

const secret = z.looseObject({
  RuleID: z.string().min(1),
  Title: z.string(),
  Severity: z.enum([...severities, 'UNKNOWN']),
  StartLine: z.number(),
});

/** Trivy's JSON, SchemaVersion 2. `Results` is absent if there are no secrets. */
const report = z.looseObject({
  SchemaVersion: z.literal(2),
  ArtifactType: z.literal('container_image'),
  Results: z
    .array(z.looseObject({ Target: z.string(), Class: z.string(), Secrets: z.array(secret).optional() }))
    .optional(),
});

/** Reads the secrets of `trivy image`. The text of a secret is not part of the result. Failure: SCAN_ERROR. */
export function parseSecrets(text: string): Result<readonly FoundSecret[]> {
  const failure = (why: string) =>
    failed(scanFailure('SCAN_ERROR', { what: 'the output of trivy image does not fit its schema', why }));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return failure((error as Error).message);
  }
  const parsed = report.safeParse(value);
  if (!parsed.success) return failure(z.prettifyError(parsed.error));
  const secrets = (parsed.data.Results ?? []).flatMap(({ Target, Secrets = [] }) =>
    Secrets.map(({ RuleID, Title, Severity, StartLine }) => ({
      ...{ id: RuleID, title: Title, severity: Severity, path: Target, line: StartLine },
    })),
  );
  return ok(secrets);
}
