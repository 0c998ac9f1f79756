import type { Result } from '@prism-build/errors';
import { canonicalJson } from '@prism-build/oci';
import * as z from 'zod';
import { parseOutput } from './parseOutput';

const property = z.looseObject({ name: z.string(), value: z.string().optional() });

const component = z.looseObject({
  'bom-ref': z.string().min(1),
  type: z.string().min(1),
  name: z.string(),
  version: z.string().optional(),
  purl: z.string().optional(),
  properties: z.array(property).optional(),
});

/** The parts of CycloneDX 1.6 that are read; the rest is passed on. */
const bom = z.looseObject({
  bomFormat: z.literal('CycloneDX'),
  specVersion: z.enum(['1.4', '1.5', '1.6']),
  metadata: z.looseObject({ component: z.looseObject({ 'bom-ref': z.string() }).optional() }).optional(),
  components: z.array(component).optional(),
  dependencies: z
    .array(z.looseObject({ ref: z.string(), dependsOn: z.array(z.string()).optional() }))
    .optional(),
});

export type Bom = z.infer<typeof bom>;
export type Component = z.infer<typeof component>;

/** Reads an inventory. Failure: SCAN_ERROR. */
export function parseBom(text: string, from: string): Result<Bom> {
  return parseOutput(bom, text, `${from} is not CycloneDX`);
}

/**
 * The same inventory in bytes that depend only on the image and the scanner: without serial number and time, with
 * stable references, sorted. `name` replaces the scanner's name for the image, which is a path.
 */
export function encodeBom(value: Bom, name: string): Uint8Array {
  const dependencies = value.dependencies ?? [];
  const own = new Map(
    (value.components ?? []).map((one) => [one['bom-ref'], print({ ...one, 'bom-ref': '' })]),
  );
  const below = new Map(
    dependencies.map(({ ref, dependsOn = [] }) => [ref, dependsOn.map((to) => own.get(to) ?? to).sort()]),
  );
  const sorted = [...(value.components ?? [])].sort((a, b) => compare(keyOf(a), keyOf(b)));
  function keyOf(one: Component): string {
    return `${own.get(one['bom-ref'])}\n${print(below.get(one['bom-ref']) ?? [])}`;
  }
  const names = new Map<string, string>(sorted.map((one, index) => [one['bom-ref'], `component-${index}`]));
  const root = value.metadata?.component;
  if (root) names.set(root['bom-ref'], 'image');
  const rename = (ref: string) => names.get(ref) ?? ref;
  const { serialNumber: _, metadata: about, ...rest } = value as Bom & { readonly serialNumber?: unknown };
  const { timestamp: __, ...metadata } = (about ?? {}) as NonNullable<Bom['metadata']> & {
    timestamp?: unknown;
  };
  const result = {
    ...rest,
    metadata: { ...metadata, ...(root && { component: { ...root, 'bom-ref': 'image', name } }) },
    components: sorted.map((one) => ({ ...one, 'bom-ref': rename(one['bom-ref']) })),
    dependencies: dependencies
      .map((one) => ({ ...one, ref: rename(one.ref), dependsOn: (one.dependsOn ?? []).map(rename).sort() }))
      .sort((a, b) => compare(print(a), print(b))),
  };
  return Buffer.from(`${canonicalJson(result as never, 2)}\n`);
}

/** An encoded inventory under another name. */
export function renameBom(text: string, name: string): string {
  const value = JSON.parse(text) as Bom;
  const { component: root } = value.metadata ?? {};
  const metadata = { ...value.metadata, ...(root && { component: { ...root, name } }) };
  return `${canonicalJson({ ...value, metadata } as never, 2)}\n`;
}

function print(value: unknown): string {
  return canonicalJson(value as never);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The parts of an inventory that a decision depends on. */
export interface Contents {
  /** Libraries and operating-system packages. */
  readonly packages: number;
  /** Kinds of packages: golang, cargo, pypi, npm, deb, apk. */
  readonly ecosystems: readonly string[];
  /** Operating-system packages whose release the scanner does not know. */
  readonly systems: readonly { readonly family: string; readonly release: string }[];
}

export function readContents(value: Bom): Contents {
  const components = value.components ?? [];
  const kinds = components.flatMap((one) => kindOf(one) ?? []);
  const systems = components
    .filter(({ type }) => type === 'operating-system')
    .map(({ name, version = '' }) => ({ family: name, release: version }));
  return { packages: kinds.length, ecosystems: [...new Set(kinds)].sort(), systems };
}

/**
 * The kind of a package, as in its purl; undefined for other components. A component without purl, such as a module of
 * the workspace itself, matches no advisory.
 */
export function kindOf({ type, purl }: Component): string | undefined {
  return type === 'library' ? /^pkg:([a-z0-9.+-]+)\//.exec(purl ?? '')?.[1] : undefined;
}
