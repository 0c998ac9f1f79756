import { availableParallelism } from 'node:os';
import { type AuditWriter, openAuditWriter } from '../../nx/recordAudit';
import { limitWork } from '../../scanning/limitWork';
import { openScanners } from '../../scanning/openImage';
import { openDatabases, type ScanShared } from './scanStep';
import { rememberWritten } from './writeReport';

/** What the scans of one process share, and nothing of which outlives it. */
export function openShared(): ScanShared {
  let audit: AuditWriter | undefined;
  return {
    openDatabase: openDatabases(),
    openScanner: openScanners(),
    written: rememberWritten(),
    auditOf: (root) => {
      audit ??= openAuditWriter(root);
      return audit;
    },
    inTurn: limitWork(availableParallelism()),
  };
}
