import { all, type Failure, failed, failuresOf, ok, type Result, stackFailure } from '@prism-build/errors';
import { type Checked, checkDocument } from './checkDocument';
import { checkReferences } from './checkReferences';
import { type Path, readDocuments } from './documents';
import { listReferences } from './listReferences';
import type { Parts, Template } from './parts';
import { readEdge } from './readEdge';
import type { ConfigMap } from './schema';
import type { Stack } from './stack';

/**
 * Reads stack.yaml: documents of Kubernetes, of which one is a Pod or a Deployment. Failures, each with file and line:
 * STACK_NOT_YAML, STACK_FIELD_UNKNOWN, STACK_NOT_HONOURED, STACK_VALUE_INVALID, STACK_REFERENCE_MISSING.
 */
export function readStack(text: string, file: string): Result<Stack> {
  const documents = readDocuments(text, file);
  if (!documents.ok) return documents;
  const checked = all(documents.value.map(checkDocument));
  if (!checked.ok) return checked;
  const twice = findTwice(checked.value);
  const parts = divide(checked.value, file);
  if (!parts.ok || twice.length > 0) return failed(...twice, ...failuresOf(parts));
  const failures = checkReferences(parts.value);
  if (failures.length > 0) return failed(...failures);
  const listed = listReferences(parts.value);
  if (!listed.ok) return listed;
  const edge = readEdge(parts.value, listed.value.ports);
  if (!edge.ok) return edge;
  const { template, configMaps, claims } = parts.value;
  const { name, kind, labels, spec, lineOf } = template;
  const placeOf = (path: Path) => ({ file, line: lineOf(['spec', ...path]) });
  return ok({
    file,
    name,
    kind,
    labels,
    spec,
    configMaps,
    claims,
    placeOf,
    ...listed.value,
    edge: edge.value,
  });
}

/** Documents of one kind and name: Kubernetes would take the last one. */
function findTwice(documents: readonly Checked[]): Failure[] {
  const seen = new Set<string>();
  return documents.flatMap(({ manifest, located }) => {
    const what = `${manifest.kind} ${manifest.metadata.name}`;
    if (!seen.has(what)) {
      seen.add(what);
      return [];
    }
    const at = { file: located.file, line: located.lineOf(['metadata', 'name']) };
    return [stackFailure('STACK_VALUE_INVALID', { what: `there are two documents ${what}`, at })];
  });
}

function divide(documents: readonly Checked[], file: string): Result<Parts> {
  const templates: Template[] = [];
  const configMaps: ConfigMap[] = [];
  const claims: string[] = [];
  const services: Parts['services'][number][] = [];
  const ingresses: Parts['ingresses'][number][] = [];
  for (const { manifest, located } of documents) {
    const { lineOf } = located;
    if (manifest.kind === 'ConfigMap') configMaps.push(manifest);
    else if (manifest.kind === 'PersistentVolumeClaim') claims.push(manifest.metadata.name);
    else if (manifest.kind === 'Service') services.push({ service: manifest, lineOf });
    else if (manifest.kind === 'Ingress') ingresses.push({ ingress: manifest, lineOf });
    else if (manifest.kind === 'Pod') {
      const { metadata, spec } = manifest;
      templates.push({ name: metadata.name, kind: 'Pod', labels: metadata.labels ?? {}, spec, lineOf });
    } else {
      const { name } = manifest.metadata;
      const { metadata, spec } = manifest.spec.template;
      const inner = (path: Path) => lineOf(['spec', 'template', ...path]);
      const { labels = {} } = metadata;
      templates.push({ name, kind: 'Deployment', labels, spec, lineOf: inner });
    }
  }
  const [template, second] = templates;
  if (!template) {
    const what = 'a stack needs a Pod or a Deployment, and this file has none';
    return failed(stackFailure('STACK_VALUE_INVALID', { what, at: { file, line: 1 } }));
  }
  if (second) {
    const what = `a stack has one pod, and ${second.name} is a second one`;
    const why = 'Podman gives pods no names for each other; the containers of one pod share its loopback';
    const remedy = 'Put its containers into the first pod, or give it a stack.yaml of its own.';
    const at = { file, line: second.lineOf([]) };
    return failed(stackFailure('STACK_NOT_HONOURED', { what, why, remedy, at }));
  }
  return ok({ file, template, configMaps, claims, services, ingresses });
}
