import type { compileFailure } from '../catalogue/compile';
import type { Explanations } from './explanation';

const at = { file: 'apps/api/Containerfile', line: 5 };

export const compileExplanations: Explanations<typeof compileFailure> = {
  COMPILE_STAGE_NOT_RECOGNISED: {
    means:
      'The stage is called `compile` and is not one that Prism Build can run by itself, so there is no target `compile` for it.',
    causes: [
      'RUN is in shell form, or there are two of them.',
      'The command is not one of a supported language.',
      'The stage copies from another stage or image.',
    ],
    example: { what: 'RUN of the compile stage is not in exec form (a JSON array)', at },
  },
  COMPILE_FAILED: {
    means: 'The compiler refused the sources. The cause shows its messages.',
    causes: ['An error in the sources.', 'A file that COPY does not bring, or that an ignore file excludes.'],
    example: { what: 'the Go compile failed', why: './main.go:7:2: undefined: serve', at },
  },
  UNITS_OVERWRITTEN: {
    means:
      'Another cargo wrote into the shared cache of compiled crates during this build, several times in a row.',
    causes: ['cargo runs with the same target directory outside of Prism Build.'],
    example: { what: 'another process keeps writing to .prism/cache/cargo-units/0' },
  },
  PATH_IN_PROGRAM: {
    means:
      'A compiled program contains a path of this machine. Another clone would get another digest, and in the image the path does not exist.',
    causes: [
      'Rust sources use the value of `env!("CARGO_MANIFEST_DIR")` at run time, such as for a directory of templates.',
      'A dependency does so, or has assertions in C that name its files.',
    ],
    example: {
      what: '/out/api contains the path /home/me/shop/.prism/work/api/source/src',
      why: 'env!("CARGO_MANIFEST_DIR") stands for a directory of the machine that compiles.',
      at: { file: 'apps/api/src/main.rs', line: 12 },
    },
  },
  COMPILE_MADE_NOTHING: {
    means: 'The compiler succeeded, and left no file under /out.',
    causes: ['The command names a library and not a program.', 'The command writes to another directory.'],
    example: { what: 'the compile stage left nothing under /out for linux/arm64', at },
  },
  DEPENDENCIES_NOT_FETCHED: {
    means:
      'The dependencies of the lockfile could not be brought to this machine. Compilers run without a network, so they are fetched before.',
    causes: [
      'No network or proxy.',
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
    causes: ['Versions that exclude each other.', 'No wheel for one of the platforms.'],
    example: {
      what: 'pip finds no wheels for linux/arm64',
      why: 'No matching distribution found for example==9',
    },
  },
  LOCK_UNUSABLE: {
    means: 'The lock of a Python program is missing, has no hashes, or is not in the format of pip.',
    causes: [
      '`pip freeze` wrote it, which gives no hashes.',
      'COPY does not bring it into the compile stage.',
    ],
    example: {
      what: 'requirements without --hash: flask, jinja2',
      at: { file: 'apps/api/requirements.txt', line: 1 },
    },
  },
  WHEEL_MISSING: {
    means: 'A locked version has no wheel for a platform. Packages are not compiled from their sources here.',
    causes: [
      'The project publishes sources only, or no wheels for arm64.',
      'Its wheels are for other versions of Python.',
    ],
    example: { what: 'example 1.2.3 has no wheel for Python 3.13 on Linux aarch64' },
  },
  VERSION_MISSING: {
    means: 'The index does not have a locked version.',
    causes: ['The version was removed.', 'It comes from another index, which the stage does not name.'],
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
    means: 'The builder in FROM of the compile stage stands for no exact version of a compiler.',
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
      'A configuration of cargo or pip that is not supported.',
      'A program that needs cgo.',
    ],
    example: { what: 'the variable CARGO_BUILD_TARGET of the stage does not take effect', at },
  },
  TOOLCHAIN_MISSING: {
    means: 'The pinned compiler is not on this machine, and could not be brought here.',
    causes: [
      'Debian packages of the pin are not installed.',
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
