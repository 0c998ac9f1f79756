import { type Secret, severities } from '@prism-build/policy';
import * as z from 'zod';
import type { ScannedPlatform } from './layout';

/** A secret in a file of a layer, as a scanner reports it. */
export const foundSecret = z.strictObject({
  id: z.string(),
  title: z.string(),
  severity: z.enum([...severities, 'UNKNOWN']),
  path: z.string(),
  line: z.number(),
});

/** A secret of an image. */
const secret = foundSecret.extend({ layer: z.string() });

/** What is stored of one platform: CycloneDX as text, and the secrets. */
export const content = z.strictObject({ bom: z.string(), secrets: z.array(secret) });

export type Content = z.infer<typeof content>;

/** The CycloneDX inventory of one platform, and its secrets. */
export interface Inventory {
  readonly image: ScannedPlatform;
  readonly bytes: Uint8Array;
  readonly secrets: readonly Secret[];
}

/** The name of every image in stored inventories, so that equal images have one. */
export const NAME = 'image';
