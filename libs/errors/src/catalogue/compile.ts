import { defineCatalogue } from '../define';

/** Failures of compile stages and toolchains. */
export const compileFailure = defineCatalogue({
  COMPILE_STAGE_NOT_RECOGNISED: {
    remedy:
      'Reduce the stage to FROM, WORKDIR, COPY from the context, ARG, ENV and one exec-form RUN of a compile command (node_modules/prism/docs/containerfiles.md).',
  },
  COMPILE_FAILED: { remedy: 'Correct the sources as the compiler says, then run the target again.' },
  UNITS_OVERWRITTEN: {
    remedy: 'Let the other build end (`ps -C cargo` shows it), then run the target again.',
  },
  PATH_IN_PROGRAM: {
    remedy:
      'Embed the file with `include_str!` or `include_bytes!`, or take the directory from an argument or a variable at run time. To keep the path, build the stage with an engine: give it another name than `compile`.',
  },
  COMPILE_MADE_NOTHING: { remedy: 'Name a program in the command, and let it write the result to /out.' },
  DEPENDENCIES_NOT_FETCHED: {
    remedy: 'Correct what the cause names (network, lockfile or login), then run the target again.',
  },
  WHEELS_UNRESOLVED: { remedy: 'Correct requirements.in as pip says, then run `npx nx g prism:lock` again.' },
  LOCK_UNUSABLE: {
    remedy:
      'Lock with hashes: `npx nx g prism:lock` makes requirements.lock of requirements.in; `pip-compile --generate-hashes`, `uv export` and `poetry export` write them too.',
  },
  WHEEL_MISSING: {
    remedy:
      'Lock a version that has a wheel for every platform of the image, or leave the platform out (`platforms` of build-image).',
  },
  VERSION_MISSING: {
    remedy: 'Lock again, or name the index that has it: `ENV PIP_EXTRA_INDEX_URL=…` in the compile stage.',
  },
  HASH_DIFFERS: {
    remedy:
      'Lock again with the hashes of all files of the version. If no new file was published, find out who replaced it.',
  },
  PIN_MISSING: {
    remedy:
      'Add a containerfiles/<language>-builder/pin.json and start from base-<language>-builder, or name the whole version in the tag of the builder image (golang:1.26.8).',
  },
  PIN_INVALID: { remedy: 'Correct the pin; node_modules/prism/docs/containerfiles.md shows one.' },
  SETTING_NOT_HONOURED: {
    remedy: 'Remove the setting, or build the stage with an engine by giving it another name than `compile`.',
  },
  TOOLCHAIN_MISSING: {
    remedy:
      'Install the pinned version (in the repository of Prism Build, `npm run build` does), or pin another: node_modules/prism/docs/containerfiles.md, the builder.',
  },
  TOOLCHAIN_DIFFERS: {
    remedy: 'Install the pinned version, or change the pin; that changes the digests of the images.',
  },
});
