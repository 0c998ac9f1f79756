import { severities } from '@prism-build/policy';
import * as z from 'zod';

/** A secret in a file of a layer, as a scanner reports it. */
export const foundSecret = z.strictObject({
  id: z.string(),
  title: z.string(),
  severity: z.enum([...severities, 'UNKNOWN']),
  path: z.string(),
  line: z.number(),
});

/** A secret of an image. */
export const secret = foundSecret.extend({ layer: z.string() });

/** What is stored of one platform: CycloneDX as text, and the secrets. */
export const content = z.strictObject({ bom: z.string(), secrets: z.array(secret) });

export type Content = z.infer<typeof content>;
