import type { compileFailure } from '../catalogue/compile';
import type { Explanations } from './explanation';

const at = { file: 'apps/api/Containerfile', line: 5 };

export const compileExplanations: Explanations<typeof compileFailure> = {
  COMPILE_STAGE_NOT_RECOGNISED: {
    means:
      'The stage is called `compile`, but it is not one that Prism Build can run without an engine. So it has no target `compile`, and an engine executes it when the image is built.',
    causes: [
      'RUN is in shell form, has mounts, or occurs more than once.',
      'The command is not a compile command of a supported language.',
      'The stage copies from another stage or image.',
    ],
    example: { what: 'RUN of the compile stage is not in exec form (a JSON array)', at },
  },
  COMPILE_FAILED: {
    means: 'The compiler rejected the sources. The cause shows its messages.',
    causes: [
      'An error in the sources.',
      'A file is missing in the stage: COPY does not take it, or an ignore file excludes it.',
    ],
    example: { what: 'the Go compile failed', why: './main.go:7:2: undefined: serve', at },
  },
  UNITS_OVERWRITTEN: {
    means:
      'Another cargo wrote into the shared cache of compiled crates during this build, several times in a row.',
    causes: ['A cargo outside Prism Build uses the same target directory.'],
    example: { what: 'another process keeps writing to .prism/cache/cargo-units/0' },
  },
  PATH_IN_PROGRAM: {
    means:
      'A compiled program contains a path of this machine. Another clone would get another digest, and in the image the path does not exist.',
    causes: [
      'Rust sources use the value of `env!("CARGO_MANIFEST_DIR")` at run time, for example to find a directory of templates.',
      'A dependency does so, or has C assertions, which contain file names.',
    ],
    example: {
      what: '/out/api contains the path /home/me/shop/.prism/work/api/source/src',
      why: 'env!("CARGO_MANIFEST_DIR") stands for a directory of the machine that compiles.',
      at: { file: 'apps/api/src/main.rs', line: 12 },
    },
  },
  COMPILE_MADE_NOTHING: {
    means: 'The compiler succeeded, but left no file under /out.',
    causes: ['The command compiles a library, not a program.', 'The command writes to another directory.'],
    example: { what: 'the compile stage left nothing under /out for linux/arm64', at },
  },
  DEPENDENCIES_NOT_FETCHED: {
    means:
      'The dependencies in the lockfile could not be fetched. Compilers run without a network, so dependencies are fetched first.',
    causes: [
      'There is no network, or no proxy setting.',
      'The lockfile does not match the manifest.',
      'A private registry without credentials.',
    ],
    example: {
      what: 'cannot fetch the Go dependencies',
      why: 'dial tcp: lookup proxy.example: no such host',
    },
  },
  WHEELS_UNRESOLVED: {
    means: 'pip finds no set of wheels for the requirements of requirements.in.',
    causes: ['The required versions exclude each other.', 'A package has no wheel for one of the platforms.'],
    example: {
      what: 'pip finds no wheels for linux/arm64',
      why: 'No matching distribution found for example==9',
    },
  },
  LOCK_UNUSABLE: {
    means: 'The lock of a Python program is missing, has no hashes, or is not in the format of pip.',
    causes: [
      '`pip freeze` wrote it, which writes no hashes.',
      'COPY does not take it into the compile stage.',
    ],
    example: {
      what: 'requirements without --hash: flask, jinja2',
      at: { file: 'apps/api/requirements.txt', line: 1 },
    },
  },
  WHEEL_MISSING: {
    means:
      'A locked version has no wheel for a platform. Prism Build installs wheels only; it does not compile packages from source.',
    causes: [
      'The project publishes sources only, or no wheels for arm64.',
      'Its wheels are for other versions of Python.',
    ],
    example: { what: 'example 1.2.3 has no wheel for Python 3.13 on Linux aarch64' },
  },
  VERSION_MISSING: {
    means: 'The index does not have a locked version.',
    causes: ['The version was removed.', 'It is on another index, which the stage does not name.'],
    example: { what: 'the index has no example 1.2.3' },
  },
  HASH_DIFFERS: {
    means: 'A downloaded file does not have one of the hashes in the lock.',
    causes: ['The lock has hashes for one platform only.', 'The file on the index was replaced.'],
    example: {
      what: 'example==1.2.3 does not match the lock: example-1.2.3.whl has a hash that is not in the lock',
    },
  },
  PIN_MISSING: {
    means: 'FROM of the compile stage does not determine an exact version of the compiler.',
    causes: ['A tag such as `golang:1.26` or `latest`.', 'A base without a pin.json.'],
    example: { what: 'nothing says which compiler docker.io/library/golang:1.26 stands for', at },
  },
  PIN_INVALID: {
    means: 'pin.json of a builder is not JSON, or lacks `language` or `version`.',
    causes: ['A typing error.'],
    example: {
      what: 'this pin cannot be used',
      why: 'it needs "language" and "version"',
      at: { file: 'containerfiles/go-builder/pin.json' },
    },
  },
  SETTING_NOT_HONOURED: {
    means:
      'A variable, flag or configuration file would change what a plain `podman build` makes, and would have no effect here. Prism Build refuses it instead of building something else.',
    causes: [
      'A variable such as GOFLAGS or RUSTFLAGS in the stage.',
      'A setting in a configuration file of cargo or pip that is not supported.',
      'A Go package that needs cgo, in a stage without `ENV CGO_ENABLED=1`.',
      'A build script, a macro or a `#cgo` line that names the sources by an absolute path of the stage.',
    ],
    example: { what: 'the variable CARGO_BUILD_TARGET of the stage does not take effect', at },
  },
  TOOLCHAIN_MISSING: {
    means: 'The pinned compiler is not on this machine, and could not be fetched.',
    causes: [
      'The Debian packages that the pin names are not installed.',
      'No Go of any version is on PATH to fetch the pinned one.',
    ],
    example: { what: 'this stage is pinned to go1.26.8', why: 'there is no go on PATH' },
  },
  TOOLCHAIN_DIFFERS: {
    means: 'The sources, the machine and the pin disagree about the version of the compiler.',
    causes: [
      'The machine has another version than the pin.',
      'go.mod, Cargo.toml or pyproject.toml asks for a newer one.',
    ],
    example: {
      what: 'this file asks for Go 1.27 (`go 1.27`), and the compile stage is pinned to 1.26.8',
      at: { file: 'apps/api/go.mod', line: 3 },
    },
  },
};
