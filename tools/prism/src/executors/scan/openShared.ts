import { availableParallelism } from 'node:os';
import { makeInTurn } from '@prism-build/scan';
import { type AuditWriter, openAuditWriter } from '../../nx/recordAudit';
import { openScanners } from '../../scanning/openImage';
import { openDatabases, type ScanShared } from './scanStep';
import { rememberWritten } from './writeReport';

/** What the scans of one process share, and nothing of which outlives it. */
export function openShared(): ScanShared {
  let audit: AuditWriter | undefined;
  return {
    openDatabase: openDatabases(),
    openScanner: openScanners(makeInTurn(availableParallelism())),
    written: rememberWritten(),
    auditOf: (root) => {
      audit ??= openAuditWriter(root);
      return audit;
    },
  };
}
