import { join } from 'node:path';

/**
 * apt.conf for a private state in `directory`: does not write to the machine's apt, and ignores installed packages. The
 * machine's configuration is read first, so its proxies, sources and keys apply.
 */
export function aptConfiguration(
  directory: string,
  architectures: readonly string[],
  sources: 'own' | 'machine',
): string {
  const at = (name: string) => JSON.stringify(join(directory, name));
  const own = [`Dir::Etc::sourcelist ${at('sources.list')};`, `Dir::Etc::sourceparts "/dev/null";`];
  return `#clear APT::Update;
#clear DPkg::Post-Invoke;
#clear APT::Architectures;
Dir::State ${at('')};
Dir::State::lists ${at('lists')};
Dir::State::status ${at('status')};
Dir::Cache ${at('cache')};
Dir::Etc::preferences ${at('preferences')};
Dir::Etc::preferencesparts "/dev/null";
APT::Architecture ${JSON.stringify(architectures[0])};
APT::Architectures { ${architectures.map((name) => `${JSON.stringify(name)};`).join(' ')} };
APT::Install-Recommends "false";
APT::Install-Suggests "false";
APT::Sandbox::User "";
Acquire::Languages "none";
${sources === 'own' ? own.join('\n') : ''}
`;
}

/**
 * sources.list for the named mirrors: one whose address ends in `security` has the suite's security updates, any other the
 * suite and its updates.
 */
export function sourcesList(mirrors: readonly string[], suite: string): string {
  const lines = mirrors.flatMap((mirror) => {
    const suites = /security\/?$/.test(mirror) ? [`${suite}-security`] : [suite, `${suite}-updates`];
    return suites.map((name) => `deb ${mirror} ${name} main\n`);
  });
  return lines.join('');
}

/** Pins that allow only the suite, its updates and security updates; other sources of the machine are ignored. */
export function aptPreferences(suite: string): string {
  const pin = (release: string, priority: number) =>
    `Package: *\nPin: release ${release}\nPin-Priority: ${priority}\n`;
  return [pin(`n=${suite}`, 990), pin(`n=${suite}-*`, 990), pin('n=*', -1)].join('\n');
}
