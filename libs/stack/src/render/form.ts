import { type Failure, stackFailure } from '@prism-build/errors';
import type { Path } from '../read/documents';
import type { Stack } from '../read/stack';

/** A form that is not YAML of Kubernetes. */
export type Form = 'Quadlet' | 'Compose';

/** RenderedFiles by path. */
export type RenderedFiles = Readonly<Record<string, string>>;

/** Refuses a field of a container that a form cannot express. */
export type Refuse = (path: Path, field: string, why: string, remedy: string) => void;

/** Collects refusals of fields of one container. */
export function refuser({ placeOf }: Stack, form: Form, index: number, failures: Failure[]): Refuse {
  return (path, field, why, remedy) => {
    const what = `${form} cannot express ${field}`;
    const at = placeOf(['containers', index, ...path]);
    failures.push(stackFailure('STACK_FORM_LACKS', { what, why, remedy, at }));
  };
}

/** Refuses the Ingress of a stack for a form that has no reverse proxy. */
export function refuseEdge({ edge }: Stack, form: Form): Failure[] {
  if (!edge) return [];
  const what = `${form} cannot express an Ingress`;
  const remedy = 'Remove it, and let a reverse proxy of the machine forward to the ports of the Services.';
  return [stackFailure('STACK_FORM_LACKS', { what, remedy, at: edge.at })];
}
