import type { Origin } from './origin';

/** A package to update, and the version that fixes all of its fixable findings. */
export interface Update {
  readonly package: string;
  readonly installed: string;
  readonly kind: string;
  /** Undefined if no fix is known. */
  readonly fixedIn: string | undefined;
  readonly origin: Origin | undefined;
}

/** How to fix: a command, if there is one for this kind of package. */
export function adviseFix({ package: name, installed, kind, fixedIn, origin }: Update): string {
  if (fixedIn === undefined) return 'no fix is known; replace the package or add a suppression';
  const directory = directoryOf(origin);
  const version = fixedIn.replace(/^v/, '');
  const lock = `nx g prism:lock${origin ? ` --project=${origin.project}` : ''}`;
  switch (kind) {
    case 'gobinary':
    case 'gomod':
      return name === 'stdlib'
        ? `build with Go ${version} or later`
        : `go ${directory ? `-C ${directory} ` : ''}get ${name}@v${version}`;
    case 'rustbinary':
    case 'cargo': {
      const manifest = directory ? ` --manifest-path ${directory}/Cargo.toml` : '';
      return `cargo update${manifest} -p ${name}@${installed} --precise ${version}`;
    }
    case 'python-pkg':
      return origin && !/requirements\.lock$/.test(origin.file)
        ? `require ${name}>=${version} in ${origin.file}`
        : `require ${name}>=${version} and run ${lock}`;
    case 'node-pkg':
      return `npm ${directory ? `--prefix ${directory} ` : ''}install ${name}@${version}`;
    case 'debian':
    case 'ubuntu':
      return lock;
    default:
      return origin?.file.endsWith('images.lock.json') ? lock : `update ${name} to ${fixedIn}`;
  }
}

function directoryOf(origin: Origin | undefined): string {
  return origin?.file.includes('/') ? origin.file.slice(0, origin.file.lastIndexOf('/')) : '';
}
