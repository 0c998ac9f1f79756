import type { Target } from '../language';

/** Targets of Zig for static programs, by the architecture of an image. */
const triples: Readonly<Record<string, string>> = {
  amd64: 'x86_64-linux-musl',
  arm64: 'aarch64-linux-musl',
  '386': 'x86-linux-musl',
  riscv64: 'riscv64-linux-musl',
  ppc64le: 'powerpc64le-linux-musl',
  s390x: 's390x-linux-musl',
};

/**
 * Zig's arguments for a platform: the architecture's lowest level, or the level that the variant names
 * (linux/amd64/v3). Undefined if Zig has no static libc for the platform.
 */
export function targetArguments({ architecture, variant }: Target): readonly string[] | undefined {
  const triple = triples[architecture];
  if (triple === undefined) return undefined;
  const level = architecture === 'amd64' && variant !== undefined && variant !== 'v1' ? variant : undefined;
  return ['-target', triple, ...(level ? [`-mcpu=x86_64_${level}`] : [])];
}
