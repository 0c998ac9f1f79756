import { availableParallelism } from 'node:os';
import { limitWork } from '../../scanning/limitWork';
import { openScanners } from '../../scanning/openImage';
import { openDatabases, type ScanShared } from './scanStep';
import { rememberWritten } from './writeReport';

/** What the scans of one process share, and nothing of which outlives it. */
export function openShared(): ScanShared {
  return {
    openDatabase: openDatabases(),
    openScanner: openScanners(),
    written: rememberWritten(),
    inTurn: limitWork(availableParallelism()),
  };
}
