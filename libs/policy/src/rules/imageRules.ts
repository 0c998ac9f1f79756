import type { Assessment, FileFacts, ImageFacts, Secret } from '../assessment';
import { judgeLicense } from '../licenses';
import { type ImageRule, ruleNames, type ScanPolicy } from '../policy/scanPolicy';
import { listSecretNames } from './secretNames';

/** A rule of the policy that an image breaks. */
export interface Violation {
  /** The name of the field of the policy; what a suppression names as its `id`. */
  readonly rule: ImageRule | 'licenses';
  /** A more exact name that a suppression may have as well: the scanner's rule for a secret, or a licence. */
  readonly detail?: string | undefined;
  readonly level: 'block' | 'warn';
  /** One sentence. Secret values are not part of it. */
  readonly what: string;
  readonly path?: string | undefined;
  readonly package?: string | undefined;
  readonly purl?: string | undefined;
}

type Broken = Omit<Violation, 'rule' | 'level'>;

/** The rules that a platform of an image breaks, without those that the policy allows to break. */
export function breakRules({ platform, facts, scan }: Assessment, policy: ScanPolicy): Violation[] {
  const architecture = platform.split('/')[1] ?? '';
  const broken = {
    ...breakConfigRules(facts),
    ...breakFileRules(facts.files, architecture),
    secretsInFiles: ((scan.ok ? scan.secrets : undefined) ?? []).map(describeSecret),
  };
  const violations = ruleNames.flatMap((rule) => {
    const level = policy[rule];
    return level === 'allow' ? [] : broken[rule].map((one) => ({ rule, level, ...one }));
  });
  return [...violations, ...(scan.ok ? breakLicenses(scan.licenses ?? [], policy) : [])];
}

type FileRule = 'setuid' | 'worldWritable' | 'shell' | 'packageManager' | 'wrongArchitecture';
type ConfigRule = Exclude<ImageRule, FileRule | 'secretsInFiles'>;

function breakConfigRules(facts: ImageFacts): Record<ConfigRule, Broken[]> {
  const { user, ports, declaredPorts, bases } = facts;
  const more = declaredPorts ? ports.filter((port) => !declaredPorts.includes(port)) : [];
  const less = declaredPorts?.filter((port) => !ports.includes(port)) ?? [];
  return {
    runsAsRoot: isRoot(user)
      ? [{ what: `runs as root (${user === '' ? 'USER is not set' : `USER ${user}`})` }]
      : [],
    secretsInConfig: listSecretNames(facts).map((name) => ({ what: `${name} looks like a secret` })),
    unpinnedBase: bases
      .filter(({ pinned }) => !pinned)
      .map(({ name }) => ({ what: `the base ${name} is not pinned by digest` })),
    unexpectedPorts: [
      ...more.map((port) => ({ what: `port ${port} is exposed, but not by the Containerfile` })),
      ...less.map((port) => ({ what: `the Containerfile exposes port ${port}, the image does not` })),
    ],
  };
}

function breakFileRules(files: FileFacts, architecture: string): Record<FileRule, Broken[]> {
  const { setuid, worldWritable, shells, packageManagers, binaries } = files;
  const others = Object.entries(binaries).filter(([name]) => name !== architecture);
  return {
    setuid: setuid.map(({ path, mode }) => ({ path, what: `/${path} has the mode ${mode.toString(8)}` })),
    worldWritable: worldWritable.map(({ path, type }) => ({
      path,
      what: `everyone may write to the ${type} /${path}`,
    })),
    shell: shells.map((path) => ({ path, what: `/${path} is a shell` })),
    packageManager: packageManagers.map((path) => ({ path, what: `/${path} is a package manager` })),
    wrongArchitecture: others.flatMap(([name, paths]) =>
      paths.map((path) => ({
        path,
        what: `/${path} is a binary for ${name} in an image for ${architecture}`,
      })),
    ),
  };
}

function describeSecret({ id, title, path, line, layer }: Secret): Broken {
  const where =
    path === '/config.json' ? 'in the configuration (ENV, labels or history)' : `in layer ${layer}`;
  return { detail: id, path, what: `${path}:${line} contains a secret: ${title} (${id}), ${where}` };
}

/** `0`, `00`, `root`, each with or without a group. */
function isRoot(user: string): boolean {
  const name = user.split(':')[0]!;
  return name === '' || name === 'root' || /^0+$/.test(name);
}

/** Licences are judged if the policy has one of the lists. */
function breakLicenses(
  packages: NonNullable<Extract<Assessment['scan'], { ok: true }>['licenses']>,
  { licenses }: ScanPolicy,
): Violation[] {
  if (licenses.allow === undefined && licenses.deny === undefined) return [];
  const unknown = licenses.unknown ?? 'block';
  return packages.flatMap(({ package: name, version, purl, license }) => {
    const judged = judgeLicense(license, licenses);
    const level = judged === 'allowed' ? 'allow' : judged === 'denied' ? 'block' : unknown;
    if (level === 'allow') return [];
    const why =
      judged === 'denied'
        ? `has the licence ${license}, which the policy does not allow`
        : license === undefined
          ? 'has no known licence'
          : `has the licence "${license}", which is not an expression of SPDX`;
    return [
      {
        rule: 'licenses' as const,
        level,
        detail: license,
        package: name,
        purl,
        what: `${name} ${version} ${why}`,
      },
    ];
  });
}
