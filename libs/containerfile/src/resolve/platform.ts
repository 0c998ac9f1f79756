/** The platform of an image as the OCI image specification names it (GOOS, GOARCH, variant). */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string | undefined;
}

const SYSTEMS = new Set(
  'aix android darwin dragonfly freebsd illumos js linux netbsd openbsd plan9 solaris wasip1 windows'.split(
    ' ',
  ),
);
const ARCHITECTURES = new Set(
  '386 amd64 arm arm64 loong64 mips mipsle mips64 mips64le ppc64 ppc64le riscv64 s390x wasm'.split(' '),
);
const ALIASES: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  'x86-64': 'amd64',
  i386: '386',
  i686: '386',
  aarch64: 'arm64',
  armhf: 'arm/v7',
  armel: 'arm/v6',
  macos: 'darwin',
};

/**
 * Reads `os/architecture[/variant]`, or an architecture alone (of linux), with containerd's aliases and
 * normal forms: linux/aarch64 is linux/arm64, arm64/v8 is arm64, arm is arm/v7. Unlike containerd, it refuses names
 * that Go does not have, because those are typing errors.
 */
export function parsePlatform(text: string): Platform | undefined {
  const parts = text
    .toLowerCase()
    .split('/')
    .flatMap((part) => (Object.hasOwn(ALIASES, part) ? ALIASES[part]!.split('/') : part));
  if (parts.length === 1 && SYSTEMS.has(parts[0]!)) return undefined;
  const [os, architecture, variant, ...more] = SYSTEMS.has(parts[0]!) ? parts : ['linux', ...parts];
  if (os === undefined || architecture === undefined || more.length > 0) return undefined;
  if (!ARCHITECTURES.has(architecture) || (variant !== undefined && !/^[a-z0-9.]+$/.test(variant)))
    return undefined;
  const normal = normaliseVariant(architecture, variant);
  return normal === undefined ? { os, architecture } : { os, architecture, variant: normal };
}

function normaliseVariant(architecture: string, variant: string | undefined): string | undefined {
  if (architecture === 'arm64') return variant === 'v8' || variant === '8' ? undefined : variant;
  if (architecture === 'amd64') return variant === 'v1' ? undefined : variant;
  if (architecture !== 'arm') return variant;
  if (variant === undefined) return 'v7';
  return /^\d$/.test(variant) ? `v${variant}` : variant;
}

export function formatPlatform({ os, architecture, variant }: Platform): string {
  return variant === undefined || variant === ''
    ? `${os}/${architecture}`
    : `${os}/${architecture}/${variant}`;
}
