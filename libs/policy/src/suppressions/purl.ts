import { PackageURL } from 'packageurl-js';

export function parsePurl(text: string): PackageURL | undefined {
  try {
    return PackageURL.fromString(text);
  } catch {
    return undefined;
  }
}

/**
 * Whether a package URL stands for a package, as OpenVEX and Trivy match them: type, namespace and name are equal, and
 * version, qualifiers and subpath where the pattern has them.
 */
export function matchesPurl(pattern: string, purl: string | undefined): boolean {
  const [wanted, found] = [parsePurl(pattern), purl === undefined ? undefined : parsePurl(purl)];
  if (!wanted || !found) return false;
  const same = (part: 'type' | 'namespace' | 'name') => (wanted[part] ?? '') === (found[part] ?? '');
  const fits = (part: 'version' | 'subpath') => !wanted[part] || wanted[part] === found[part];
  return (
    (['type', 'namespace', 'name'] as const).every(same) &&
    (['version', 'subpath'] as const).every(fits) &&
    Object.entries(wanted.qualifiers ?? {}).every(([key, value]) => found.qualifiers?.[key] === value)
  );
}
