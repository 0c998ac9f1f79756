import { defineCatalogue } from '../define';

/** Failures of the machine: processes, files, locks. */
export const shellFailure = defineCatalogue({
  COMMAND_NOT_FOUND: {
    remedy: 'Install the command, or put it on PATH; `npm run build` installs what it may.',
  },
  COMMAND_FAILED: {
    remedy: 'Read the output of the command above; correct what it names and run the target again.',
  },
  COMMAND_TIMED_OUT: {
    remedy: 'Run the target again; if it hangs again, run the command by hand.',
  },
  DISK_FULL: {
    remedy: 'Free space on this file system, then run the target again; nothing half-made was left.',
  },
  FILE_UNREADABLE: { remedy: 'Check that the path exists and that you may read it.' },
  FILE_UNWRITABLE: { remedy: 'Check the owner and the mode of the directory, then run the target again.' },
  LOCK_TIMED_OUT: {
    remedy: 'Another build holds the lock; wait for it or stop it, then run the target again.',
  },
});
