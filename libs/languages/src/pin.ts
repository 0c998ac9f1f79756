import { compileFailure, failed, ok, type Result } from '@prism-build/errors';

/** What determines the bytes that a compiler writes: read from `pin.json` beside a builder base. */
export interface Pin {
  readonly language: string;
  readonly version: string;
  /** Debian packages (name or name:architecture) with exact versions, where they affect bytes too. */
  readonly packages: Readonly<Record<string, string>>;
  /** For a compiler from the Python registry: the digest of its wheel for each host architecture, `amd64` to `sha256:…`. */
  readonly wheels?: Readonly<Record<string, string>>;
}

/** Reads a pin file. Failure PIN_INVALID names the file and the error in it. */
export function parsePin(text: string, file: string): Result<Pin> {
  const invalid = (why: string) =>
    failed(compileFailure('PIN_INVALID', { what: 'this pin cannot be used', why, at: { file } }));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return invalid(error instanceof Error ? error.message : String(error));
  }
  const { language, version, packages = {}, wheels } = (value ?? {}) as Record<string, unknown>;
  if (typeof language !== 'string' || typeof version !== 'string')
    return invalid('it needs "language" and "version"');
  if (!isStringMap(packages)) return invalid('"packages" maps package names to versions');
  if (wheels === undefined) return ok({ language, version, packages });
  if (!isStringMap(wheels) || !Object.values(wheels).every((digest) => /^sha256:[0-9a-f]{64}$/.test(digest)))
    return invalid('"wheels" maps architectures to digests: "amd64": "sha256:…"');
  return ok({ language, version, packages, wheels });
}

function isStringMap(value: unknown): value is Record<string, string> {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((item) => typeof item === 'string')
  );
}
