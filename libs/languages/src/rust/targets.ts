import type { Target } from '../language';
import type { CfgFacts } from './cfg';

const triples: Readonly<Record<string, string>> = {
  amd64: 'x86_64-unknown-linux-gnu',
  arm64: 'aarch64-unknown-linux-gnu',
};

const crossCompilers: Readonly<Record<string, string>> = {
  amd64: 'x86_64-linux-gnu-gcc',
  arm64: 'aarch64-linux-gnu-gcc',
};

export function tripleOf(target: Target): string {
  return triples[target.architecture] ?? `${target.architecture}-unknown-linux-gnu`;
}

export function crossCompilerOf(target: Target): string | undefined {
  return crossCompilers[target.architecture];
}

export function cfgOf(target: Target): CfgFacts {
  return { architecture: target.architecture === 'arm64' ? 'aarch64' : 'x86_64' };
}

/** A triple in the form that environment variables use. */
export function upperTriple(target: Target): string {
  return tripleOf(target).toUpperCase().replaceAll('-', '_');
}
