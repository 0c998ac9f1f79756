import { type Failure, failed, hint, ok, type Result, stackFailure } from '@prism-build/errors';
import { edgeContainer } from './edge';
import type { Parts } from './parts';
import { listEdgeImages } from './readEdge';
import type { Stack, StackImage, StackPort, StackSecret } from './stack';

/**
 * The images, ports and secrets of a stack. Failures: STACK_VALUE_INVALID for an image without a digest and for a port that
 * two Services have, STACK_REFERENCE_MISSING for a selector or a port that fits nothing.
 */
export function listReferences(parts: Parts): Result<Pick<Stack, 'images' | 'ports' | 'secrets'>> {
  const images = listImages(parts);
  const ports = listPorts(parts);
  const failures = [...images.failures, ...ports.failures];
  if (failures.length > 0) return failed(...failures);
  return ok({ images: images.found, ports: ports.found, secrets: listSecrets(parts) });
}

interface Listed<T> {
  readonly found: readonly T[];
  readonly failures: readonly Failure[];
}

function listImages(parts: Parts): Listed<StackImage> {
  const { file, template } = parts;
  const containers = template.spec.containers.map(({ name, image }, index): StackImage => {
    const at = { file, line: template.lineOf(['spec', 'containers', index, 'image']) };
    return { container: name, reference: image.replace(/:latest$/, ''), at };
  });
  const edge = listEdgeImages(parts).map((one) => ({ container: edgeContainer, ...one }));
  const found = [...containers, ...edge.filter(({ reference }) => reference !== '')];
  const failures = found.flatMap(({ reference, at }) => {
    const local = reference.startsWith('localhost/');
    if (local ? !/[:@]/.test(reference) : /^[^@\s]+@sha256:[0-9a-f]{64}$/.test(reference)) return [];
    const what = local
      ? `the image ${reference} has a tag or a digest; up takes what this workspace builds`
      : `the image ${reference} has no digest, so it may be another one tomorrow`;
    const remedy = local
      ? 'Name the image without its tag.'
      : `Add the digest of its index: ${reference.replace(/@.*$/, '')}@sha256:…`;
    return [stackFailure('STACK_VALUE_INVALID', { what, remedy, at })];
  });
  return { found, failures };
}

function listPorts({ file, template, services }: Parts): Listed<StackPort> {
  const failures: Failure[] = [];
  const found: StackPort[] = [];
  const declared = template.spec.containers.flatMap(({ ports = [] }) => ports);
  for (const { service, lineOf } of services) {
    const { name } = service.metadata;
    for (const [label, value] of Object.entries(service.spec.selector)) {
      if (template.labels[label] === value) continue;
      const what = `the selector of Service ${name} fits no pod: ${template.name} has no label ${label}: ${value}`;
      const at = { file, line: lineOf(['spec', 'selector', label]) };
      failures.push(stackFailure('STACK_REFERENCE_MISSING', { what, at }));
    }
    for (const [index, one] of service.spec.ports.entries()) {
      const { port, targetPort = port, protocol = 'TCP' } = one;
      const at = { file, line: lineOf(['spec', 'ports', index]) };
      const target = declared.find(
        (one) =>
          (one.protocol ?? 'TCP') === protocol &&
          (typeof targetPort === 'string' ? one.name === targetPort : one.containerPort === targetPort),
      );
      const other = found.find((one) => one.hostPort === port && one.protocol === protocol);
      if (!target) {
        const names = declared.flatMap((one) => one.name ?? []);
        const what = `no container of ${template.name} has the port ${targetPort} of Service ${name}.${hint(String(targetPort), names)}`;
        failures.push(stackFailure('STACK_REFERENCE_MISSING', { what, at }));
      } else if (other) {
        const what = `the Services ${other.service} and ${name} both have the port ${port}`;
        failures.push(stackFailure('STACK_VALUE_INVALID', { what, at }));
      } else {
        const h2c = one.appProtocol === 'kubernetes.io/h2c';
        const ports = { hostPort: port, containerPort: target.containerPort, protocol };
        found.push({ ...ports, service: name, name: one.name, h2c, at });
      }
    }
  }
  return { found, failures };
}

function listSecrets({ file, template }: Parts): StackSecret[] {
  const found = template.spec.containers.flatMap(({ env = [], envFrom = [] }, index) => {
    const at = (...path: PropertyKey[]) => ({
      file,
      line: template.lineOf(['spec', 'containers', index, ...path]),
    });
    return [
      ...env.flatMap(({ valueFrom }, nth) => {
        const secret = valueFrom?.secretKeyRef;
        return secret ? [{ name: secret.name, at: at('env', nth, 'valueFrom', 'secretKeyRef', 'name') }] : [];
      }),
      ...envFrom.flatMap(({ secretRef }, nth) =>
        secretRef ? [{ name: secretRef.name, at: at('envFrom', nth, 'secretRef', 'name') }] : [],
      ),
    ];
  });
  return [...new Map([...found].reverse().map((one) => [one.name, one])).values()].reverse();
}
