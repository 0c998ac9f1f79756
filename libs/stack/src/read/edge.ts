import type { Place } from '@prism-build/errors';

/** The reverse proxy in front of a stack, as its Ingress describes it. */
export interface Edge {
  /** Of the Ingress. */
  readonly name: string;
  /** The address on which it listens; `*` for all. */
  readonly listen: string;
  /** With certificates, this port only redirects to the other. */
  readonly httpPort: number;
  readonly httpsPort: number;
  /** Secrets of Podman, each the name of a pair `<name>.tls.crt` and `<name>.tls.key`. */
  readonly certificates: readonly { readonly name: string; readonly at: Place }[];
  /** The one that fits best comes first. */
  readonly routes: readonly EdgeRoute[];
  readonly backends: readonly EdgeBackend[];
  readonly at: Place;
}

export interface EdgeRoute {
  /** Absent: every host. */
  readonly host: string | undefined;
  readonly path: string;
  readonly exact: boolean;
  /** An index of `backends`. */
  readonly backend: number;
}

/** A port of the pod to which requests go. */
export interface EdgeBackend {
  readonly containerPort: number;
  readonly h2c: boolean;
}

/** The name under which the image of the reverse proxy stands among those of containers, which have no capitals. */
export const edgeContainer = 'Ingress';
