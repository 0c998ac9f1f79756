import { ok, type Result } from '@prism-build/errors';
import type { LicensedPackage } from '@prism-build/policy';
import * as z from 'zod';
import { parseBom } from './cycloneDx';

/** The field `licenses` of a component: single licences, or one expression. */
const licenses = z.array(
  z.union([
    z.looseObject({ expression: z.string() }),
    z.looseObject({ license: z.looseObject({ id: z.string().optional(), name: z.string().optional() }) }),
  ]),
);

/**
 * The packages of an inventory with their licences as expressions of SPDX; several licences of a package all apply. A
 * licence that has only a name is taken as it is: the policy decides what it means. Failure: SCAN_ERROR.
 */
export function readLicenses(inventory: Uint8Array): Result<readonly LicensedPackage[]> {
  const bom = parseBom(Buffer.from(inventory).toString(), 'the inventory');
  if (!bom.ok) return bom;
  const packages = (bom.value.components ?? []).filter(
    ({ type, purl }) => type === 'library' && purl !== undefined,
  );
  const all = packages.map((one) => ({
    package: one.name,
    version: one.version ?? '',
    purl: one.purl,
    license: joinLicenses(one.licenses),
  }));
  return ok([...new Map(all.map((one) => [JSON.stringify(one), one])).values()]);
}

function joinLicenses(value: unknown): string | undefined {
  const parsed = licenses.safeParse(value);
  if (!parsed.success) return undefined;
  const texts = parsed.data.flatMap((one) => {
    const text = 'expression' in one ? one.expression : (one.license.id ?? one.license.name);
    return typeof text === 'string' && text !== '' ? [text] : [];
  });
  const distinct = [...new Set(texts)];
  if (distinct.length <= 1) return distinct[0];
  return distinct.map((text) => (/\s(OR|AND)\s/i.test(text) ? `(${text})` : text)).join(' AND ');
}
