import { defineCatalogue } from '../define';

/** Failures of planning and assembling images. */
export const imageFailure = defineCatalogue({
  COPY_MIXED: { remedy: 'Write one instruction for the heredocs and one for the files of the context.' },
  ONBUILD_NOT_SUPPORTED: {
    remedy: 'Write the instruction into the Containerfiles that start from this image.',
  },
  BASE_NOT_SUPPORTED: {
    remedy: 'Start from scratch, from another component or from an image of a registry.',
  },
  BASE_UNKNOWN: {
    remedy:
      'Name another component as localhost/<prefix>/<project>, the way `npx nx show projects` lists it, without a tag or with latest.',
  },
  COMPONENT_PLACE_TAKEN: {
    remedy: 'Rename one of the two files, or name one in "exclude" of the plugin in nx.json.',
  },
  IMAGE_NAME_INVALID: {
    remedy:
      'Give the project another name in its project.json, or correct the prefix of the plugin in nx.json: small letters and digits, with single separators (. _ -) in between.',
  },
  IMAGE_NAME_TAKEN: { remedy: 'Give one of the projects another name in its project.json.' },
  BASE_CYCLIC: { remedy: 'Remove one of the references, so that one component can be built first.' },
  BASE_PLATFORM_MISSING: {
    remedy: 'Build the base for this platform too, or take the platform out of `platforms` of this image.',
  },
  BASE_LAYER_MISSING: {
    remedy:
      'Run `npx nx build-image <project> --skip-nx-cache`, which also builds its bases again. An image of a registry must be in an images.lock.json.',
  },
  PLATFORM_NOT_SUPPORTED: {
    remedy: 'Use linux/amd64, linux/arm64 or another os/architecture[/variant] of the image spec.',
  },
  COPY_SOURCE_MISSING: {
    remedy:
      'Correct the path, or remove it from the ignore file. If a target makes it, name that target with "from" in the options of build-image.',
  },
  COPY_SOURCE_UNDECIDED: {
    remedy: 'Name the target that makes it with "from" in the options of build-image.',
  },
  SUBMODULE_NOT_INITIALISED: {
    remedy: 'Run `git submodule update --init <path>`, or name the submodule in the ignore file.',
  },
  BUILD_SETTING_NOT_APPLIED: {
    remedy: 'Set it in the options of build-image, in project.json or package.json of the project.',
  },
  CONTEXT_UNDECIDED: { remedy: 'Set "context" in the options of build-image.' },
  COPY_SOURCE_OUTSIDE: {
    remedy:
      'Set "context" in the options of build-image to a directory of the workspace, and move the files that COPY takes into it.',
  },
  COPY_SOURCE_PIPE: { remedy: 'Remove the pipe, or name it in the ignore file.' },
  COPY_DESTINATION_INVALID: {
    remedy:
      'End the destination with / when several sources are copied, and do not copy a directory over a file.',
  },
  WORKDIR_INVALID: { remedy: 'Choose a directory that is not below a file of the image.' },
  ARGUMENT_INVALID: { remedy: 'Correct the argument, or give the variable in it a value.' },
  COPY_MODE_INVALID: {
    remedy: 'Write octal digits up to 7777 (--chmod=0755), or a symbolic mode (--chmod=u=rwX,go=rX).',
  },
  COPY_OWNER_UNKNOWN: {
    remedy: 'Use a numeric user and group, or first copy an /etc/passwd and /etc/group that have them.',
  },
  ADD_REMOTE: {
    remedy:
      'Download the file before the build, for example by another target, and COPY it: its content is then in the cache key.',
  },
  ARCHIVE_INVALID: { remedy: 'Create the archive again, or COPY it as a plain file.' },
  COMPILE_OUTPUT_MISSING: {
    remedy: 'Run the target again with --skip-nx-cache, so that the compile target writes its output again.',
  },
  COMPILE_OUTPUT_CORRUPT: {
    remedy: 'Run the target again with --skip-nx-cache, so that the compile target writes its output again.',
  },
  PATH_IS_WHITEOUT: { remedy: 'Rename the file, or leave it out: in the ignore file, or of the archive.' },
  PATH_NOT_UTF8: { remedy: 'Rename the file, or name it in the ignore file.' },
  ARCHITECTURE_MISMATCH: {
    remedy: 'Build the binary for the platform of the image: use TARGETARCH in the compile stage.',
  },
  SETUP_INCOMPLETE: { remedy: '`npx nx g prism:doctor` lists what is missing, each with its command.' },
  SETTINGS_NOT_WRITTEN: {
    remedy: 'Run `npx nx g prism:doctor --settings`, and copy what you want from what it prints.',
  },
  BUILD_ARG_OF_ONE_TASK: {
    remedy:
      'Set the variable in the environment, or in the .env or .env.local of the workspace: builds that share a process get only those.',
  },
  OPTIONS_INVALID: {
    remedy:
      'Correct the option; `npx nx <target> <project> --help` lists those of a target, `npx nx g prism:<generator> --help` those of a generator.',
  },
});
