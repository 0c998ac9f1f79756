import { ok, type Result } from '@prism-build/errors';
import { severities } from '@prism-build/policy';
import * as z from 'zod';
import { parseOutput } from '../parseOutput';
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
  const parsed = parseOutput(report, text, 'the output of trivy image does not fit its schema');
  if (!parsed.ok) return parsed;
  const secrets = (parsed.value.Results ?? []).flatMap(({ Target, Secrets = [] }) =>
    Secrets.map(({ RuleID, Title, Severity, StartLine }) => ({
      ...{ id: RuleID, title: Title, severity: Severity, path: Target, line: StartLine },
    })),
  );
  return ok(secrets);
}
