import { examineRights } from './examineRights';
import { examineStarts } from './examineStarts';
import type { EngineFacts, Facts } from './facts';
import { better, type Finding, good, missing } from './finding';
import { commandFor, type System, systemOf } from './systems';

/** Bytes that a cold build of a few images and their builders may need. */
const enough = 5e9;

/** Findings in the order of setting up a machine. Pure. */
export function examine(facts: Facts): Finding[] {
  const system = systemOf(facts);
  if (system === 'windows') {
    const todo = 'wsl --install -d Debian, then work inside of it';
    return [missing('system', 'native Windows is not supported', todo)];
  }
  return [
    good('system', describeSystem(facts, system)),
    examineNode(facts.node),
    ...examineEngine(facts, system),
    facts.skopeo
      ? good('skopeo', facts.skopeo)
      : better('skopeo', 'not there; needed for bases of a registry', commandFor(system, 'skopeo')),
    examineTrivy(facts, system),
    examineGovulncheck(facts, system),
    examineCosign(facts, system),
    examineEmulation(facts, system),
    examineSpace('free, workspace', facts.freeWorkspace),
    ...(facts.freeStorage !== undefined ? [examineSpace('free, storage', facts.freeStorage)] : []),
    ...facts.toolchains.map(({ language, wanted, found }) => {
      if (found === wanted) return good(language, found);
      const todo = `npm run build brings ${language} ${wanted}, or says how`;
      return better(
        language,
        found === undefined ? `not there; pinned is ${wanted}` : `${found}; pinned is ${wanted}`,
        todo,
      );
    }),
  ];
}

function describeSystem({ distribution, architecture, systemd, platform }: Facts, system: System): string {
  const name = platform === 'linux' ? (distribution[0] ?? 'linux') : 'macOS';
  const parts = [name, architecture, ...(system === 'wsl' ? ['WSL2'] : [])];
  return [...parts, ...(platform === 'linux' && !systemd ? ['no systemd'] : [])].join(', ');
}

function examineNode(version: string): Finding {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const isNew = major > 20 || (major === 20 && minor >= 19);
  return isNew ? good('node', version) : missing('node', version, 'install Node 20.19 or later');
}

function examineEngine(facts: Facts, system: System): Finding[] {
  const { engine, askedEngine, machines } = facts;
  if (!engine) return [examineNoEngine(askedEngine, system)];
  const server = engine.serverVersion;
  const found = `${engine.name} ${engine.version}${server === undefined ? '' : `, server ${server}`}`;
  if (system === 'macos' && engine.name === 'podman' && !machines?.some(({ running }) => running)) {
    const need = machines && machines.length > 0 ? 'start' : 'machine';
    const state = need === 'start' ? 'its machine does not run' : 'there is no machine';
    return [missing('engine', `${found}, but ${state}`, commandFor(system, need))];
  }
  if (engine.trouble !== undefined)
    return [missing('engine', `${found} does not answer: ${engine.trouble}`, `${engine.name} info`)];
  const [major = 0, minor = 0] = engine.version.split('.').map(Number);
  const old = engine.name === 'podman' && (major < 4 || (major === 4 && minor < 3));
  return [
    old ? missing('engine', found, 'Podman 4.3 or later is needed') : good('engine', found),
    ...examineSettings(facts, engine, system),
    ...(facts.starts ? examineStarts(engine, facts.starts, system) : []),
  ];
}

function examineNoEngine(asked: string | undefined, system: System): Finding {
  const podman = commandFor(system, 'podman');
  if (!asked || asked === 'auto') return missing('engine', 'neither podman nor docker', podman);
  const todo = asked === 'podman' ? podman : 'unset PRISM_ENGINE, or set it to an engine that is there';
  return missing('engine', `no ${asked}, which PRISM_ENGINE asks for`, todo);
}

function examineSettings({ starts }: Facts, engine: EngineFacts, system: System): Finding[] {
  const { cgroups, runtime } = engine;
  const findings = examineRights(engine, starts, system);
  // crun needs a writable cgroup; Debian's runc does not.
  if (runtime === 'runc' && cgroups === 'v2')
    findings.push(better('OCI runtime', 'runc; crun starts containers faster', commandFor(system, 'crun')));
  else if (runtime) findings.push(good('OCI runtime', runtime));
  return findings;
}

function examineTrivy({ trivy, architecture }: Facts, system: System): Finding {
  if (trivy?.version !== undefined) return good('trivy', trivy.version);
  if (trivy)
    return better(
      'trivy',
      'not a pinned one; scans refuse it unless the policy trusts it',
      `compare it with the checksum of its release, then add "${trivy.digest}" to "scanners" of scan-policy.json`,
    );
  const todo =
    architecture === 'amd64' && system !== 'macos'
      ? 'sh node_modules/prism/install-trivy'
      : `${system === 'macos' ? 'brew install trivy' : 'install a release from https://trivy.dev'}, then add its digest to "scanners" of scan-policy.json`;
  return better('trivy', 'not there; needed for scans', todo);
}

function examineGovulncheck({ govulncheck }: Facts, system: System): Finding {
  if (govulncheck?.version !== undefined) return good('govulncheck', govulncheck.version);
  const found = govulncheck
    ? 'not a pinned one; scans refuse it unless the policy trusts it'
    : 'not there; needed for scans whose policy has govulncheck';
  const todo =
    system === 'macos'
      ? 'go install golang.org/x/vuln/cmd/govulncheck@v1.1.4, then add its digest to "scanners" of scan-policy.json'
      : 'sh node_modules/prism/install-govulncheck';
  return better('govulncheck', found, todo);
}

function examineCosign({ cosign, architecture, distribution }: Facts, system: System): Finding {
  if (cosign?.usable) return good('cosign', cosign.version ?? 'of Debian, which prints no version');
  const todo =
    architecture === 'amd64' && system === 'debian' && !distribution.includes('ubuntu')
      ? 'sh node_modules/prism/install-cosign'
      : 'install cosign 2, not 3, and name it in PRISM_COSIGN';
  const found = cosign ? 'not version 2' : 'not there';
  return better('cosign', `${found}; needed to sign and verify images`, todo);
}

function examineEmulation({ architecture, emulates, platform }: Facts, system: System): Finding {
  const other = architecture === 'arm64' ? 'amd64' : 'arm64';
  if (platform === 'darwin') return good('emulation', `${other} inside of the machine`);
  if (emulates.includes(other)) return good('emulation', other);
  const found = `none for ${other}; needed only where RUN is executed for it`;
  return better('emulation', found, commandFor(system, 'emulation'));
}

function examineSpace(what: string, bytes: number | undefined): Finding {
  if (bytes === undefined) return better(what, 'unknown', 'df -h');
  const found = `${(bytes / 1e9).toFixed(1)} GB`;
  return bytes < enough ? better(what, found, 'nx g prism:prune --keep=1GB') : good(what, found);
}
