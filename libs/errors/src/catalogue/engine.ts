import { defineCatalogue } from '../define';

/** Failures of container engines. */
export const engineFailure = defineCatalogue({
  ENGINE_MISSING: {
    remedy: 'Install podman (Debian: apt-get install podman skopeo), or name another engine in PRISM_ENGINE.',
  },
  ENGINE_UNKNOWN: { remedy: 'Set PRISM_ENGINE to podman or docker.' },
  ENGINE_FAILED: { remedy: 'Run the command by hand to see what the engine wants.' },
  RUN_FAILED: { remedy: 'Read the end of its output above; correct the command and run the target again.' },
  RUN_NOT_SUPPORTED: {
    remedy:
      'Write the instruction without it; node_modules/prism/docs/containerfiles.md lists what RUN may have.',
  },
  BUILDER_MISSING: {
    remedy:
      'Name a builder base of this workspace in FROM, or use the toolchain of this machine (engine auto).',
  },
  SECRET_MISSING: {
    remedy:
      'Name a file or an environment variable for the id in the option secrets of the target, or write required=false.',
  },
  EMULATION_MISSING: {
    remedy:
      'Install it (Debian: apt-get install qemu-user-static binfmt-support; Fedora: dnf install qemu-user-static), or build only the platform of this machine with --platforms.',
  },
  LOAD_PLATFORM_MISSING: {
    remedy: 'Build the platform of this machine too, or load all with --allPlatforms.',
  },
  RUN_ENDED: { remedy: 'Read what the container printed above; the exit status is that of its program.' },
  RUN_NAME_IN_USE: {
    remedy: 'Stop the other container, or run this one under another --name and with other --ports.',
  },
  LOAD_MISMATCH: { remedy: 'Report this: the engine holds another image than the one that was built.' },
  RUN_RESULT_UNREADABLE: {
    remedy: 'Make the command remove or rename the file named above: an image cannot hold it.',
  },
});
