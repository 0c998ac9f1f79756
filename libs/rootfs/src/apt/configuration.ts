import { join } from 'node:path';

/**
 * apt.conf for a state of its own in `directory`: nothing of the machine's apt is written, and nothing that is
 * installed counts. The machine's configuration is read first, so its proxies, sources and keys are in force.
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
 * sources.list for mirrors that are named: a mirror whose address ends in `security` has the suite's security
 * updates, any other the suite and its updates.
 */
export function sourcesList(mirrors: readonly string[], suite: string): string {
  const lines = mirrors.flatMap((mirror) => {
    const suites = /security\/?$/.test(mirror) ? [`${suite}-security`] : [suite, `${suite}-updates`];
    return suites.map((name) => `deb ${mirror} ${name} main\n`);
  });
  return lines.join('');
}

/** Pins that leave nothing but the suite, its updates and security: other sources of the machine are not looked at. */
export function aptPreferences(suite: string): string {
  const pin = (release: string, priority: number) =>
    `Package: *\nPin: release ${release}\nPin-Priority: ${priority}\n`;
  return [pin(`n=${suite}`, 990), pin(`n=${suite}-*`, 990), pin('n=*', -1)].join('\n');
}
