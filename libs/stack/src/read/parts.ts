import type { Path } from './documents';
import type { ConfigMap, Ingress, PodSpec, Service } from './schema';

/** The pod of a stack with the places of its fields. */
export interface Template {
  readonly name: string;
  readonly kind: 'Pod' | 'Deployment';
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: PodSpec;
  readonly lineOf: (path: Path) => number;
}

/** The documents of a stack by kind. */
export interface Parts {
  readonly file: string;
  readonly template: Template;
  readonly configMaps: readonly ConfigMap[];
  readonly claims: readonly string[];
  readonly services: readonly { readonly service: Service; readonly lineOf: (path: Path) => number }[];
  readonly ingresses: readonly { readonly ingress: Ingress; readonly lineOf: (path: Path) => number }[];
}
