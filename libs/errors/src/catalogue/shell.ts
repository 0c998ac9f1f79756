import { defineCatalogue } from '../define';

/** Failures of the machine: processes, files, locks. */
export const shellFailure = defineCatalogue({
  COMMAND_NOT_FOUND: {
    remedy: 'Install the command, or add its directory to PATH.',
  },
  COMMAND_FAILED: {
    remedy: 'Correct what the cause names, then run the target again.',
  },
  COMMAND_TIMED_OUT: {
    remedy: 'Run the target again; if it hangs again, run the command by hand.',
  },
  DISK_FULL: {
    remedy: 'Free space on this file system, then run the target again: no half-written result was left.',
  },
  FILE_UNREADABLE: { remedy: 'Create the file or directory, or correct the option that names it.' },
  FILE_UNWRITABLE: {
    remedy: 'Correct the owner or the mode of the path that the cause names, then run the target again.',
  },
  LOCK_TIMED_OUT: {
    remedy: 'Wait for the other build or stop it, then run the target again.',
  },
});
