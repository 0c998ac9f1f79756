import { defineCatalogue } from '../define';

/** Failures of container engines. */
export const engineFailure = defineCatalogue({
  ENGINE_MISSING: {
    remedy:
      'Install Podman (Debian: apt-get install podman skopeo), or name the engine that is installed in PRISM_ENGINE.',
  },
  ENGINE_UNKNOWN: { remedy: 'Set PRISM_ENGINE to podman or docker.' },
  ENGINE_FAILED: {
    remedy: 'Run `npx nx g prism:doctor`, which names missing settings; then correct what the cause names.',
  },
  RUN_FAILED: { remedy: 'Read the end of its output above; correct the command and run the target again.' },
  RUN_NOT_SUPPORTED: {
    remedy: 'Remove the flag or mount; node_modules/prism/docs/containerfiles.md lists what RUN may have.',
  },
  BUILDER_MISSING: {
    remedy:
      'Name a builder base of this workspace in FROM, or set "engine": "auto" in the options of compile and unset PRISM_ENGINE.',
  },
  SECRET_MISSING: {
    remedy:
      'Name a file or an environment variable for this id in the option "secrets" of build-image, or write required=false in the mount.',
  },
  EMULATION_MISSING: {
    remedy:
      'Install it (Debian: apt-get install qemu-user-static binfmt-support; Fedora: dnf install qemu-user-static), or build only the platform of this machine with --platforms.',
  },
  LOAD_PLATFORM_MISSING: {
    remedy:
      'Build the image for the platform of this machine, too; `npx nx load-image <project> --allPlatforms` loads the platforms that it has.',
  },
  RUN_ENDED: { remedy: 'Read what the container printed above; the exit status is that of its program.' },
  RUN_NOT_STARTED: {
    remedy:
      'Run `npx nx g prism:doctor`, which names what this machine lacks; then correct what the cause names.',
  },
  RUN_NAME_IN_USE: {
    remedy: 'Stop the other container, or run this one under another --name and with other --ports.',
  },
  LOAD_MISMATCH: {
    remedy:
      'Run the target again. If it fails again, please report it: the engine has another image than the one that was built.',
  },
  RUN_RESULT_UNREADABLE: {
    remedy: 'Let the command remove or rename the file that the cause names: an image cannot contain it.',
  },
});
