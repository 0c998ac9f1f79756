import { failed, generateFailure, ok, type Result } from '@prism-build/errors';
import * as z from 'zod';
import { readToml } from '../shared/readToml';

const dependencies = z.record(z.string(), z.unknown()).default({});

/** The parts of a Cargo.toml that locate a program and its crates; other fields are ignored. */
const manifestSchema = z.looseObject({
  package: z
    .looseObject({
      name: z.string().optional(),
      'rust-version': z.unknown().optional(),
      'default-run': z.string().optional(),
      autobins: z.boolean().optional(),
    })
    .optional(),
  bin: z.array(z.looseObject({ name: z.string().optional(), path: z.string().optional() })).optional(),
  workspace: z
    .looseObject({
      members: z.array(z.string()).optional(),
      exclude: z.array(z.string()).optional(),
      dependencies,
    })
    .optional(),
  dependencies,
  'build-dependencies': dependencies,
  'dev-dependencies': dependencies,
  target: z.record(z.string(), z.looseObject({ dependencies })).default({}),
});

/** A Cargo.toml, with the paths of crates that it names. */
export type Manifest = z.infer<typeof manifestSchema> & { readonly paths: readonly string[] };

/** Reads a Cargo.toml. Failure: SETTINGS_UNREADABLE. */
export function parseManifest(text: string, file: string): Result<Manifest> {
  const read = readToml(manifestSchema, text);
  if (!read.ok) {
    const why = read.troubles.join('; ');
    return failed(
      generateFailure('SETTINGS_UNREADABLE', { what: 'this manifest cannot be read', why, at: { file } }),
    );
  }
  const manifest = read.value;
  const tables = [
    manifest.dependencies,
    manifest['build-dependencies'],
    manifest['dev-dependencies'],
    manifest.workspace?.dependencies ?? {},
    ...Object.values(manifest.target).map((target) => target.dependencies),
  ];
  const paths = tables.flatMap((table) =>
    Object.values(table).flatMap((entry) =>
      typeof entry === 'object' && entry !== null && 'path' in entry && typeof entry.path === 'string'
        ? [entry.path]
        : [],
    ),
  );
  return ok({ ...manifest, paths });
}
