import type { engineFailure } from '../catalogue/engine';
import type { Explanations } from './explanation';

const at = { file: 'apps/api/Containerfile', line: 4 };

export const engineExplanations: Explanations<typeof engineFailure> = {
  ENGINE_MISSING: {
    means:
      'A step needs a container engine: a RUN of the image, `load-image`, `run-image`, or a compiler in a builder image.',
    causes: [
      'Neither Podman nor Docker is on PATH.',
      'PRISM_ENGINE or the option `engine` names the other one.',
    ],
    example: { what: 'neither podman nor docker on PATH' },
  },
  ENGINE_UNKNOWN: {
    means: 'PRISM_ENGINE or the option `engine` names something other than podman or docker.',
    causes: ['A typing error.', 'A path instead of a name.'],
    example: { what: 'there is no engine called nerdctl' },
  },
  ENGINE_FAILED: {
    means: 'The engine itself failed: the command did not run in the container, or not as it should.',
    causes: [
      'Settings for rootless containers are missing.',
      'The storage of the engine is damaged or full.',
    ],
    example: {
      what: 'the engine did not run apt-get update for linux/arm64',
      why: 'cannot set up namespace',
      at,
    },
  },
  RUN_FAILED: {
    means: 'The command of a RUN ended with a status other than 0.',
    causes: [
      'The command itself failed.',
      'The command needs the network, and RUN has `--network=none`.',
      'The command needs a file that is not in the stage.',
    ],
    example: {
      what: 'status 2 from make install for linux/amd64',
      why: 'make: *** No rule to make target',
      at,
    },
  },
  RUN_NOT_SUPPORTED: {
    means:
      'RUN has a flag or a mount that not every engine supports, or that would make the result depend on the machine.',
    causes: [
      '`--security=insecure` or `--device`.',
      'An ssh mount, a cache mount with `from` or `source`, or a secret mount with `env`.',
    ],
    example: { what: 'a mount of the type ssh', at },
  },
  BUILDER_MISSING: {
    means:
      'With the engine `podman`, a compile stage runs in a container of its builder base. Its FROM names no builder base of this workspace.',
    causes: [
      'FROM names an image of a registry, and the option `engine` or PRISM_ENGINE is `podman`.',
      'The builder was renamed.',
    ],
    example: {
      what: 'docker.io/library/golang:1.26.8 is not a component of this workspace, so podman has no toolchain to run',
      at,
    },
  },
  SECRET_MISSING: {
    means: 'RUN mounts a secret with `required=true`, and the target does not provide it.',
    causes: [
      'The option `secrets` has no entry for the id.',
      'The file or the variable that the entry names does not exist.',
    ],
    example: { what: 'nothing says where the secret token is', at },
  },
  EMULATION_MISSING: {
    means: 'A RUN for another architecture needs QEMU, which is not set up on this machine.',
    causes: ['qemu-user-static is not installed, or not registered with binfmt_misc.'],
    example: { what: 'this machine cannot run programs for linux/arm64, which apt-get update needs', at },
  },
  LOAD_PLATFORM_MISSING: {
    means:
      'The image was not built for the architecture of this machine, which is the one that the engine runs.',
    causes: ['`platforms` of build-image does not name it.'],
    example: { what: 'the image has no platform for this machine (linux/arm64), only linux/amd64' },
  },
  RUN_ENDED: {
    means: 'The container of `run-image` ended with a status other than 0, or the engine was killed.',
    causes: [
      'The program itself ended: its output is above.',
      'Status 126: the entrypoint is not executable. 127: there is no such entrypoint. 137: killed, perhaps for want of memory.',
    ],
    example: { what: 'prism-api ended with status 127', why: 'there is no such entrypoint in the image' },
  },
  RUN_NOT_STARTED: {
    means:
      'The engine ended with status 125 or 126 before the program of the image began. Programs may end with these statuses, too; the words of the engine tell them apart.',
    causes: [
      'Rootless Podman may not open `/dev/net/tun`, or crun runs on hybrid cgroups.',
      'A port to publish is in use, or is below 1024 and Podman runs without root.',
      'The user has no IDs in /etc/subuid and /etc/subgid.',
    ],
    example: {
      what: 'the engine did not start prism-api (status 126); its program never ran',
      why: 'Error: /usr/bin/slirp4netns failed: "open(\\"/dev/net/tun\\"): Permission denied',
      remedy: 'Run `npx nx g prism:doctor`: it names the package or the setting that this machine lacks.',
    },
  },
  RUN_NAME_IN_USE: {
    means: 'A container of this name is already running.',
    causes: ['`run-image` of the same project is running in another terminal, or in another clone.'],
    example: {
      what: 'the container prism-api runs already',
      remedy: 'Stop it (podman rm --force prism-api), or use another --name and --ports.',
    },
  },
  LOAD_MISMATCH: {
    means: 'The engine accepted the image, but afterwards has no image with that ID.',
    causes: ['Another process removed it at the same time.', 'An error of the engine or of Prism Build.'],
    example: { what: 'podman has no image sha256:ab12 after loading localhost/prism/api:latest' },
  },
  RUN_RESULT_UNREADABLE: {
    means: 'A layer cannot contain the files that a RUN left.',
    causes: ['A name that is not UTF-8.', 'A kind of file that tar archives do not have.'],
    example: {
      what: 'cannot read the files that line 4 of apps/api/Containerfile changed',
      why: 'a name is not UTF-8',
      at,
    },
  },
};
