import type { Target } from '../language';
import type { CfgFacts } from './cfg';

const triples: Readonly<Record<string, string>> = {
  amd64: 'x86_64-unknown-linux-gnu',
  arm64: 'aarch64-unknown-linux-gnu',
};

/** What the names of Debian's cross tools start with. */
const prefixes: Readonly<Record<string, string>> = {
  amd64: 'x86_64-linux-gnu-',
  arm64: 'aarch64-linux-gnu-',
};

export function tripleOf(target: Target): string {
  return triples[target.architecture] ?? `${target.architecture}-unknown-linux-gnu`;
}

export function crossCompilerOf(target: Target): string | undefined {
  return crossToolOf(target, 'gcc');
}

/** A tool of gcc or binutils for a target. */
export function crossToolOf({ architecture }: Target, tool: string): string | undefined {
  const prefix = prefixes[architecture];
  return prefix && `${prefix}${tool}`;
}

export function cfgOf(target: Target): CfgFacts {
  return { architecture: target.architecture === 'arm64' ? 'aarch64' : 'x86_64' };
}

/** A triple in the form that environment variables use. */
export function upperTriple(target: Target): string {
  return tripleOf(target).toUpperCase().replaceAll('-', '_');
}
