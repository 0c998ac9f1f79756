import type { FindingGroup } from './groupFindings';

/** How to fix a group of findings; a command, if there is one for its kind of package. */
export function adviseFix({ package: name, fixedIn, kind }: FindingGroup): string {
  if (fixedIn === undefined) return 'no fix is known; replace the package or add a suppression';
  switch (kind) {
    case 'gobinary':
      return name === 'stdlib'
        ? `build with Go ${fixedIn.replace(/^v/, '')} or later`
        : `go get ${name}@v${fixedIn.replace(/^v/, '')}`;
    case 'rustbinary':
    case 'cargo':
      return `cargo update -p ${name} --precise ${fixedIn}`;
    case 'python-pkg':
      return `require ${name}>=${fixedIn} and run nx g prism:lock`;
    case 'node-pkg':
      return `npm install ${name}@${fixedIn}`;
    case 'debian':
    case 'ubuntu':
      return 'nx g prism:lock';
    default:
      return `update ${name} to ${fixedIn}`;
  }
}
