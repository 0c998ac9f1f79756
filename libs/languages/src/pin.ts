import { compileFailure, failed, ok, type Result } from '@prism-build/errors';

/** What decides the bytes that a compiler makes: read from `pin.json` beside a builder base. */
export interface Pin {
  readonly language: string;
  readonly version: string;
  /** Debian packages (name or name:architecture) and their exact versions, where they decide bytes too. */
  readonly packages: Readonly<Record<string, string>>;
}

/** Reads a pin file. Failure PIN_INVALID names the file and what is wrong in it. */
export function parsePin(text: string, file: string): Result<Pin> {
  const invalid = (why: string) =>
    failed(compileFailure('PIN_INVALID', { what: 'this pin cannot be used', why, at: { file } }));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return invalid(error instanceof Error ? error.message : String(error));
  }
  const { language, version, packages = {} } = (value ?? {}) as Record<string, unknown>;
  if (typeof language !== 'string' || typeof version !== 'string')
    return invalid('it needs "language" and "version"');
  if (!isStringMap(packages)) return invalid('"packages" maps package names to versions');
  return ok({ language, version, packages });
}

function isStringMap(value: unknown): value is Record<string, string> {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((item) => typeof item === 'string')
  );
}
