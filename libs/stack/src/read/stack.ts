import type { Place } from '@prism-build/errors';
import type { Path } from './documents';
import type { Edge } from './edge';
import type { ConfigMap, PodSpec } from './schema';

/** A stack: one pod, with what its containers read and where its ports are. All names that it uses exist. */
export interface Stack {
  readonly file: string;
  /** The name of the Pod or the Deployment, and of the pod in Podman. */
  readonly name: string;
  /** Of the document that has the pod. */
  readonly kind: 'Pod' | 'Deployment';
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: PodSpec;
  readonly configMaps: readonly ConfigMap[];
  /** Names of the PersistentVolumeClaims. */
  readonly claims: readonly string[];
  readonly ports: readonly StackPort[];
  readonly images: readonly StackImage[];
  readonly secrets: readonly StackSecret[];
  /** What its Ingress asks of a reverse proxy; undefined if it has none. */
  readonly edge: Edge | undefined;
  /** Where a field of the pod's spec is: `['containers', 0, 'image']`. */
  readonly placeOf: (path: Path) => Place;
}

/** A port of a Service: on loopback, and in the pod. */
export interface StackPort {
  readonly hostPort: number;
  readonly containerPort: number;
  readonly protocol: 'TCP' | 'UDP';
  readonly service: string;
  /** Of the Service's port. */
  readonly name: string | undefined;
  /** HTTP/2 without TLS, which is what gRPC speaks. */
  readonly h2c: boolean;
  readonly at: Place;
}

/** The image that a container names. */
export interface StackImage {
  readonly container: string;
  /** Without `:latest`: `localhost/prism/proxy`, or `docker.io/library/redis@sha256:…`. */
  readonly reference: string;
  readonly at: Place;
}

/** A Secret that a container names: Podman must have it. */
export interface StackSecret {
  readonly name: string;
  readonly at: Place;
}
