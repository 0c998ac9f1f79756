import type { shellFailure } from '../catalogue/shell';
import type { Explanations } from './explanation';

export const shellExplanations: Explanations<typeof shellFailure> = {
  COMMAND_NOT_FOUND: {
    means: 'A program that the step starts is not on PATH.',
    causes: [
      'The program is not installed.',
      'Nx was started with a shorter PATH, for example by an editor.',
    ],
    example: { what: 'cannot find the command skopeo' },
  },
  COMMAND_FAILED: {
    means: 'A program ended with a status other than 0. The cause shows the last lines that it printed.',
    causes: ['The program refused its input.', 'A signal ended it; the message then names the signal.'],
    example: {
      what: 'status 1 from: skopeo copy oci:dist docker://registry.example/tool',
      why: 'fatal: unsupported',
    },
  },
  COMMAND_TIMED_OUT: {
    means: 'A program did not end within its time limit and was killed.',
    causes: [
      'A registry or a package index answers too slowly.',
      'The program waits for an input or an event that never comes.',
    ],
    example: {
      what: 'the command did not end within 600000 ms: skopeo inspect docker://registry.example/tool:1',
    },
  },
  DISK_FULL: {
    means: 'A file could not be written because the file system is full, or your quota is used up.',
    causes: [
      'The store or the compiler caches below `.prism` have grown: `npx nx g prism:prune --dry-run` lists what can be removed.',
      'An engine has its storage on the same disk.',
    ],
    example: { what: 'The disk is full: .prism/store/blobs/sha256/ab12 could not be written.' },
  },
  FILE_UNREADABLE: {
    means: 'A file or directory that the step needs is missing.',
    causes: [
      'The option `containerfile` of a target names a file that was moved or removed.',
      'Another process removed the directory during the run.',
    ],
    example: {
      what: 'there is no apps/api/Containerfile',
      remedy: 'Correct the option containerfile of the target.',
    },
  },
  FILE_UNWRITABLE: {
    means: 'The operating system refused to write or read a file, and the disk is not full.',
    causes: [
      'The file belongs to another user, often root after a run with sudo.',
      'The file system is read-only.',
    ],
    example: {
      what: 'cannot write dist/images/api',
      why: "EACCES: permission denied, open 'dist/images/api'",
    },
  },
  LOCK_TIMED_OUT: {
    means: 'Another process held a lock below `.prism` for too long. One process at a time builds a project.',
    causes: [
      'Another build of the same project runs.',
      'Another process was suspended while it held the lock.',
    ],
    example: { what: 'cannot get the lock .prism/locks/api.lock', why: 'Lock file is already being held' },
  },
};
