/**
 * Installed Debian packages from the text of /var/lib/dpkg/status: `name` and `name:architecture` to version.
 * A package that is installed for the machine's own architecture answers to both names.
 */
export function debianVersions(status: string): Map<string, string> {
  const versions = new Map<string, string>();
  for (const paragraph of status.split('\n\n')) {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(paragraph)?.[1];
    const name = field('Package');
    const version = field('Version');
    if (!name || !version || !field('Status')?.endsWith(' installed')) continue;
    versions.set(`${name}:${field('Architecture')}`, version);
    if (!versions.has(name)) versions.set(name, version);
  }
  return versions;
}
