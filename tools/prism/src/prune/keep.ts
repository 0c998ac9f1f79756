import { failed, imageFailure, ok, type Result } from '@prism-build/errors';

/** The limit for unreferenced files: bytes of the store, or milliseconds since the last use. */
export type Keep = { readonly bytes: number } | { readonly milliseconds: number };

const bytes: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};
const times: Readonly<Record<string, number>> = { s: 1e3, m: 60e3, h: 3600e3, d: 86_400e3, w: 604_800e3 };

/** `2GB`, `500 MiB`, a plain number of bytes, `36h`, `14d`. */
export function parseKeep(text: string): Result<Keep> {
  const [, number = '', unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text) ?? [];
  const name = unit.toLowerCase() || 'b';
  if (number !== '' && Object.hasOwn(bytes, name)) return ok({ bytes: Number(number) * bytes[name]! });
  if (number !== '' && Object.hasOwn(times, name)) return ok({ milliseconds: Number(number) * times[name]! });
  const what = `${JSON.stringify(text)} is neither bytes nor a time`;
  return failed(imageFailure('OPTIONS_INVALID', { what, remedy: 'Write --keep=2GB or --keep=14d.' }));
}
