import { defineCatalogue } from '../define';

/** Failures of container engines. */
export const engineFailure = defineCatalogue({
  ENGINE_MISSING: {
    remedy: 'Install podman (Debian: apt-get install podman skopeo), or name another engine in PRISM_ENGINE.',
  },
  ENGINE_UNKNOWN: { remedy: 'Set PRISM_ENGINE to podman or docker.' },
  ENGINE_FAILED: { remedy: 'Run the command by hand to see what the engine wants.' },
  LOAD_PLATFORM_MISSING: {
    remedy: 'Build the platform of this machine too, or load all with --allPlatforms.',
  },
  RUN_ENDED: { remedy: 'Read what the container printed above; the status is its own.' },
  RUN_NAME_IN_USE: {
    remedy: 'Stop the other container, or run this one under another --name and with other --ports.',
  },
  LOAD_MISMATCH: { remedy: 'Report this: the engine holds another image than the one that was built.' },
});
