/** Facts about a machine; unknown ones are undefined. */
export interface Facts {
  readonly platform: 'linux' | 'darwin' | 'win32' | (string & {});
  /** As in images: amd64, arm64. */
  readonly architecture: string;
  /** ID and ID_LIKE of /etc/os-release, in lower case. */
  readonly distribution: readonly string[];
  readonly wsl: boolean;
  readonly systemd: boolean;
  readonly node: string;
  readonly engine: EngineFacts | undefined;
  /** The value of PRISM_ENGINE. */
  readonly askedEngine?: string | undefined;
  /** Machines of `podman machine`; undefined if the command does not support them. */
  readonly machines: readonly { readonly name: string; readonly running: boolean }[] | undefined;
  /** Undefined unless the engine is Podman on Linux. */
  readonly starts?: StartFacts | undefined;
  readonly skopeo: string | undefined;
  /** The Trivy that scans would use; `version` is undefined if its digest is not pinned. */
  readonly trivy?: ScannerFacts | undefined;
  /** The govulncheck that scans would use. */
  readonly govulncheck?: ScannerFacts | undefined;
  /** The cosign that signs and verifies; `version` is undefined if it prints none, as Debian's. */
  readonly cosign?: { readonly usable: boolean; readonly version: string | undefined } | undefined;
  /** Architectures whose programs this kernel runs by an interpreter. */
  readonly emulates: readonly string[];
  /** Bytes. */
  readonly freeWorkspace: number | undefined;
  readonly freeStorage: number | undefined;
  readonly toolchains: readonly ToolchainFacts[];
  /** Settings files that exist: CONTAINERS_CONF of the user, else the user's own containers.conf. */
  readonly settings: string | undefined;
  /** The path of the drop-in, and its current content. */
  readonly dropIn: { readonly path: string; readonly text: string | undefined };
}

export interface ScannerFacts {
  readonly digest: string;
  /** Undefined if the digest is not a pinned one. */
  readonly version: string | undefined;
}

export interface EngineFacts {
  readonly name: 'podman' | 'docker';
  readonly version: string;
  /** Of Docker's daemon; its own version is that of the client. */
  readonly serverVersion?: string | undefined;
  /** The error message if it does not work. */
  readonly trouble?: string | undefined;
  readonly rootless?: boolean | undefined;
  readonly storageDriver?: string | undefined;
  readonly storagePath?: string | undefined;
  /** The program that mounts overlays for Podman; undefined if the kernel does. */
  readonly mountProgram?: string | undefined;
  /** v1 or v2. */
  readonly cgroups?: string | undefined;
  readonly cgroupManager?: string | undefined;
  /** Cgroup controllers that Podman may use: what it can limit. */
  readonly controllers?: readonly string[] | undefined;
  /** User and group IDs that a rootless Podman can give to files and programs; the lower of both numbers. */
  readonly ids?: number | undefined;
  readonly runtime?: string | undefined;
  readonly networkBackend?: string | undefined;
  readonly eventLogger?: string | undefined;
}

/** What decides whether Podman can start pods and containers. */
export interface StartFacts {
  /** The init process of pods. */
  readonly catatonit: boolean;
  /** Whether the helper that resolves names of containers is there, by network backend. */
  readonly names: { readonly netavark: boolean; readonly cni: boolean };
  /** Devices that rootless Podman opens: networks need tun, fuse-overlayfs needs fuse. */
  readonly tun: Device;
  readonly fuse: Device;
  /** Cgroups of version 2 beside version 1. */
  readonly hybridCgroups: boolean;
  /** The hard limit of open files. */
  readonly openFiles: number | undefined;
  /** CAP_SYS_RESOURCE. */
  readonly mayRaiseLimits: boolean;
  /** Whether settings of Podman say the limits of containers. */
  readonly limitsSet: boolean;
  /** The lowest port that a user may listen on. */
  readonly lowestPort: number | undefined;
  readonly fuseOverlayfs: boolean;
  /** Whether the kernel mounts overlays for ordinary users: Linux 5.13 and later. */
  readonly kernelOverlay: boolean;
  /** The user's storage.conf. */
  readonly storage: { readonly path: string; readonly there: boolean };
  /** The first of 65536 IDs that /etc/subuid and /etc/subgid give to nobody. */
  readonly freeIds: number;
}

/** `closed`: there, but this user may not open it. */
type Device = 'usable' | 'closed' | 'absent';

export interface ToolchainFacts {
  readonly language: string;
  readonly wanted: string;
  readonly found: string | undefined;
}
