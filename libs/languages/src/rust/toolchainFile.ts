import { parseToml, tableOf, textOf } from '../toml';

/** The toolchain that a `rust-toolchain` file or RUSTUP_TOOLCHAIN names; undefined if it names none. */
export function readChannel(text: string): string | undefined {
  const plain = text.trim();
  if (/^[\w.+-]+$/.test(plain)) return plain;
  const { channel, path } = tableOf(parseToml(text)?.toolchain);
  return textOf(path) === undefined ? textOf(channel) : `the path ${textOf(path)}`;
}

/**
 * Whether a channel names this compiler: `1.85.0` is that exact version, `1.85` any patch of it, `stable` any
 * release. A host triple may follow. Anything else (beta, nightly, dates, paths) is another compiler.
 */
export function satisfiesChannel(channel: string, version: string): boolean {
  const name = channel.replace(/-(?:x86_64|aarch64)-unknown-linux-gnu$/, '');
  if (name === 'stable') return /^\d+\.\d+\.\d+$/.test(version);
  if (/^\d+\.\d+$/.test(name)) return version.startsWith(`${name}.`);
  return name === version;
}

/** Whether a compiler is older than the `rust-version` of a manifest. */
export function isOlder(version: string, wanted: string): boolean {
  const [have, need] = [version, wanted].map((text) => text.split('.').map(Number));
  for (const [index, part] of need!.entries()) {
    const own = have![index] ?? 0;
    if (own !== part) return own < part;
  }
  return false;
}
