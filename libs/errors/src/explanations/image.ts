import type { imageFailure } from '../catalogue/image';
import type { Explanations } from './explanation';

const at = { file: 'apps/api/Containerfile', line: 6 };

export const imageExplanations: Explanations<typeof imageFailure> = {
  COPY_MIXED: {
    means: 'One COPY or ADD has both heredocs and files of the context, which engines treat differently.',
    causes: ['A heredoc was added to a line that copies files.'],
    example: { what: 'files written inline and files of the context in one instruction', at },
  },
  ONBUILD_NOT_SUPPORTED: {
    means: "OCI images have no ONBUILD; only Docker's image format keeps such triggers.",
    causes: ['The image is meant as a base for others.'],
    example: { what: 'ONBUILD has no place in OCI images', at },
  },
  BASE_NOT_SUPPORTED: {
    means: 'The final stage starts from something that cannot be the base of an image.',
    causes: [
      'It starts from the stage `compile`.',
      '`--platform` in FROM of the final stage gives it another platform.',
      'The base has ONBUILD triggers.',
    ],
    example: { what: 'an image cannot start from the compile stage', at },
  },
  BASE_UNKNOWN: {
    means:
      'FROM or `--from` names an image below `localhost/`, and no component of this workspace has that name.',
    causes: ['The prefix or the project name has a typing error.', 'The component was renamed or excluded.'],
    example: { what: 'localhost/prism/base-statik names no component of this workspace', at },
  },
  COMPONENT_PLACE_TAKEN: {
    means: 'Two Containerfiles would become projects in the same directory.',
    causes: ['`x.Containerfile` beside a directory `x` that has a Containerfile of its own.'],
    example: {
      what: 'its project would lie in apps/api, which is that of apps/api/Containerfile',
      at: { file: 'apps/api.Containerfile' },
    },
  },
  IMAGE_NAME_INVALID: {
    means: 'The name of the image, made of prefix and project, is not one that registries accept.',
    causes: [
      'A prefix with capital letters.',
      'A project name with characters that image names may not have.',
    ],
    example: { what: 'no image can be called localhost/Acme/api' },
  },
  IMAGE_NAME_TAKEN: {
    means: 'The images of two projects would have the same name.',
    causes: ['Project names that differ only in case or in separators.'],
    example: { what: 'the images of Api and api would all be called localhost/prism/api' },
  },
  BASE_CYCLIC: {
    means: 'An image depends on itself, directly or through other components.',
    causes: ['A FROM or `--from` that names a component which is built on this one.'],
    example: { what: 'localhost/prism/base depends on the image of api itself', at },
  },
  BASE_PLATFORM_MISSING: {
    means: 'The base does not have one of the platforms of the image.',
    causes: ['The base was built or published for fewer platforms.'],
    example: { what: 'localhost/prism/toolbox is not available for linux/arm64, only for linux/amd64', at },
  },
  BASE_LAYER_MISSING: {
    means:
      'A layer of a base is missing from every place that may have it: the content store, the outputs of components, and the registries that locks name.',
    causes: [
      "Nx's cache restored this output, but not those of its bases.",
      'images.lock.json of the base changed after the base was built.',
    ],
    example: {
      what: 'the base layer sha256:ab12 is missing from the store, the images of components and the locked images',
    },
  },
  PLATFORM_NOT_SUPPORTED: {
    means: '`platforms` names something that is not a Linux platform of the OCI image spec.',
    causes: ['A typing error such as `linux/x86`.', 'A platform of another operating system.'],
    example: { what: 'linux/x86 is not a platform that can be built' },
  },
  COPY_SOURCE_MISSING: {
    means: 'A source of COPY or ADD does not exist where the instruction looks for it.',
    causes: [
      'The path is relative to a directory other than the context.',
      'An ignore file excludes it.',
      'Another target makes it, and Nx does not know which.',
    ],
    example: {
      what: 'COPY source libs/common does not exist in context apps/api. It exists in the workspace root',
      remedy:
        'Set "context": "." in the options of build-image, in project.json or package.json of this project, and write all sources relative to it.',
      at,
    },
  },
  COPY_SOURCE_UNDECIDED: {
    means:
      'A source of COPY is the output of several targets, or of a configuration that is not the default.',
    causes: ['Two targets declare the same output.'],
    example: { what: 'COPY source dist/api is made by several targets: api:build, api:bundle', at },
  },
  CONTEXT_UNDECIDED: {
    means:
      'Compose files, Bake files or commands of targets build this Containerfile with different contexts, or a Compose file includes or extends one that does not exist.',
    causes: [
      'The Compose file for development has another context than the one for production.',
      'A path of `include` or `extends` is wrong, or a tool has not written that file yet.',
    ],
    example: {
      what: 'files of this workspace name several contexts for it: . (compose.yaml), apps/api (docker-bake.hcl)',
      at: { file: at.file },
    },
  },
  COPY_SOURCE_OUTSIDE: {
    means:
      'The context is a directory outside the workspace. Nx does not hash its files, so a change there would not be noticed.',
    causes: ['The option `context` begins with `..`.'],
    example: { what: 'the context ../shared is outside of the workspace', at: { file: at.file } },
  },
  COPY_SOURCE_PIPE: {
    means:
      'A COPY or a mount takes a named pipe (FIFO) from the context. Buildah copies it and BuildKit does not, and neither git nor Nx knows it.',
    causes: ['A program that runs in the workspace made it, such as a supervisor or a development server.'],
    example: {
      what: '/app/run/control would be a named pipe, which Buildah copies and BuildKit does not',
      at,
    },
  },
  COPY_DESTINATION_INVALID: {
    means: 'The destination of a COPY or ADD cannot be created in the stage.',
    causes: [
      'A part of its path is a file.',
      'Several sources, and the destination is not a directory.',
      'A loop of symbolic links.',
    ],
    example: { what: 'the destination /etc/passwd/x is below the file /etc/passwd', at },
  },
  WORKDIR_INVALID: {
    means: 'WORKDIR names a directory that cannot be created.',
    causes: ['A part of its path is a file or a loop of symbolic links.'],
    example: { what: '/bin/sh/work is below the file /bin/sh', at },
  },
  ARGUMENT_INVALID: {
    means: 'Once its variables are expanded, an argument is one that no engine accepts.',
    causes: ['A variable without a value.', 'A port beyond 65535.'],
    example: { what: 'EXPOSE 80800 is not a port', at },
  },
  COPY_MODE_INVALID: {
    means: 'The value of `--chmod` is neither octal digits nor a symbolic mode.',
    causes: ['A typing error, or a variable without a value.'],
    example: { what: '--chmod=rwx is not a mode', at },
  },
  COPY_OWNER_UNKNOWN: {
    means:
      '`--chown` or USER names a user or group that /etc/passwd or /etc/group of the stage does not have.',
    causes: ['The base has no such user.', 'A scratch image has no /etc/passwd.'],
    example: { what: 'there is no user app in /etc/passwd of this stage', at },
  },
  ADD_REMOTE: {
    means:
      'ADD would download something during the build. The cache key cannot cover it, so a result from the cache could be out of date.',
    causes: [
      'ADD of a URL or of a git repository.',
      '`--checksum` or `--keep-git-dir`, which apply only to those.',
    ],
    example: { what: 'ADD of https://example.com/tool.tar.gz reads the network', at },
  },
  ARCHIVE_INVALID: {
    means: 'A local archive that ADD unpacks is damaged, or has an entry that an image cannot have.',
    causes: ['A truncated download.', 'It has a hard link to a file that it does not contain.'],
    example: { what: 'the archive tool.tar.gz cannot be unpacked', why: 'unexpected end of file', at },
  },
  COMPILE_OUTPUT_MISSING: {
    means: 'The output of `compile` that the image copies is not in `dist/compile`.',
    causes: [
      '`dist` was removed, and Nx still considers the target done.',
      'The compile stage was not built for this platform.',
    ],
    example: { what: 'dist/compile/api/compile.json is missing' },
  },
  COMPILE_OUTPUT_CORRUPT: {
    means: 'A file of `dist/compile` does not have the digest that compile.json gives.',
    causes: ['Another program wrote into `dist/compile`.', "A damaged entry of Nx's cache."],
    example: { what: 'dist/compile/api/linux-arm64/server is missing or altered' },
  },
  PATH_IS_WHITEOUT: {
    means:
      'A copied file has a name that starts with `.wh.`. In a layer, such a name says that a file of the layers below is gone, so no image can have it.',
    causes: ['A layer of an image was unpacked as a plain archive.'],
    example: {
      what: '/rootfs/.wh.app would be a whiteout: in a layer, a name with .wh. at its start removes other files',
      at,
    },
  },
  PATH_NOT_UTF8: {
    means: 'A file of the context has a name that is not UTF-8. Archives and cache keys cannot name it.',
    causes: ['It was unpacked from an archive that has another encoding.'],
    example: { what: 'the name of apps/api/caf\ufffd.txt is not UTF-8' },
  },
  ARCHITECTURE_MISMATCH: {
    means: 'A program in the image is compiled for another architecture than that of the image.',
    causes: [
      'COPY takes a binary that was compiled for this machine.',
      'A stage compiles for BUILDPLATFORM instead of TARGETARCH.',
    ],
    example: { what: '/server is a binary for amd64 in an image for linux/arm64', at: { file: at.file } },
  },
  SETUP_INCOMPLETE: {
    means: '`prism:doctor` found that this machine lacks something that loading or running images needs.',
    causes: ['The machine is new.'],
    example: { what: 'engine: neither podman nor docker' },
  },
  SETTINGS_NOT_WRITTEN: {
    means:
      '`prism:doctor --write` would override your own settings, or write a file that no engine here reads.',
    causes: ['You have a containers.conf of your own.', 'The engine is Docker.'],
    example: { what: 'these are settings of Podman, which is not here', remedy: 'Install Podman first.' },
  },
  BUILD_ARG_OF_ONE_TASK: {
    means:
      'A build argument takes its value from a variable that Nx sets for some tasks only. Builds share one process, so the value would depend on which one starts first.',
    causes: ['The variable is in the `.env` of a project or of a target.'],
    example: {
      what: 'a build argument takes its value from VERSION, which this file sets for some tasks only',
      at: { file: 'apps/api/.env' },
    },
  },
  BUILD_SETTING_NOT_APPLIED: {
    means:
      'A Compose file, a Bake file or a command builds this Containerfile with a setting that changes the image and that build-image does not take from there.',
    causes: ['The other build sets a target, build arguments, named contexts or labels.'],
    example: {
      what: '`docker compose build api` builds apps/api/Dockerfile with the target dev, which build-image does not apply',
      at: { file: 'compose.yaml' },
    },
  },
  SUBMODULE_NOT_INITIALISED: {
    means: 'COPY takes the directory of a git submodule. It is empty, because its files are not checked out.',
    causes: [
      'The repository was cloned without `--recurse-submodules`.',
      'The checkout step of CI does not fetch submodules.',
    ],
    example: {
      what: 'COPY takes third-party/zlib, a git submodule whose files are not here',
      at: { file: 'apps/api/Containerfile', line: 4 },
    },
  },
  OPTIONS_INVALID: {
    means: 'An option of a target or a generator does not exist, or has a value that it cannot have.',
    causes: ['A typing error in project.json, nx.json or on the command line.'],
    example: {
      what: 'option platforms.0 of api:build-image: Invalid input: expected string, received number',
    },
  },
};
