import type { Reachability } from '../assessment';
import type { ReportFinding } from './schema';

/** Whether vulnerable code is called, in words: `called: html.Parse`. Empty if no scanner looked. */
export function printReachability(reachability: Reachability | undefined): string {
  switch (reachability?.state) {
    case 'called': {
      const [first, ...more] = reachability.symbols;
      return `called: ${first}${more.length > 0 ? ` and ${more.length} more` : ''}`;
    }
    case 'notCalled':
      return 'not called';
    case 'unknown':
      return `unknown whether called: ${reachability.why}`;
    default:
      return '';
  }
}

/** The advisories of findings, each once and with what is known about its reachability, in every program. */
export function printIds(findings: readonly ReportFinding[]): string {
  const ids = [...new Set(findings.map(({ id }) => id))].sort();
  return ids
    .map((id) => {
      const said = findings.filter((one) => one.id === id).map((one) => printReachability(one.reachability));
      const distinct = [...new Set(said)].filter(Boolean).sort();
      return distinct.length === 0 ? id : `${id} (${distinct.join('; ')})`;
    })
    .join(' ');
}
