import { type Failure, failed, hint, ok, type Result, stackFailure } from '@prism-build/errors';
import * as z from 'zod';
import type { Path } from './documents';
import type { Edge, EdgeBackend, EdgeRoute } from './edge';
import { edgeImage } from './listImages';
import type { Parts } from './parts';
import type { StackImage, StackPort } from './stack';

const prefix = 'prism-build.edge/';
const address = z.union([z.ipv4(), z.ipv6()]);
const known = ['image', 'listen', 'http-port', 'https-port'];

/**
 * What the Ingress of a stack asks of a reverse proxy; undefined if it has none. Failures: STACK_FIELD_UNKNOWN and
 * STACK_VALUE_INVALID for annotations, STACK_REFERENCE_MISSING for a Service that the file lacks, STACK_NOT_HONOURED for a second
 * Ingress.
 */
export function readEdge({ file, ingresses }: Parts, ports: readonly StackPort[]): Result<Edge | undefined> {
  const [first, second] = ingresses;
  if (!first) return ok(undefined);
  const { ingress, lineOf } = first;
  const at = (path: Path) => ({ file, line: lineOf(path) });
  const failures: Failure[] = [];
  if (second) {
    const what = `a stack has one Ingress, and ${second.ingress.metadata.name} is a second one`;
    const remedy = 'Put its rules into the first one.';
    failures.push(
      stackFailure('STACK_NOT_HONOURED', { what, remedy, at: { file, line: second.lineOf([]) } }),
    );
  }
  const annotations = readAnnotations(ingress.metadata.annotations ?? {}, (key) =>
    at(['metadata', 'annotations', key]),
  );
  failures.push(...annotations.failures);
  const backends: EdgeBackend[] = [];
  const routes: EdgeRoute[] = [];
  for (const [index, { host, http }] of ingress.spec.rules.entries())
    for (const [nth, { path, pathType, backend }] of http.paths.entries()) {
      const place = at(['spec', 'rules', index, 'http', 'paths', nth]);
      const { name, port } = backend.service;
      const own = ports.filter(({ service, protocol }) => service === name && protocol === 'TCP');
      const found = own.find((one) => one.hostPort === port.number || one.name === (port.name ?? ''));
      if (!found) {
        const wanted = port.name ?? String(port.number);
        const there =
          own.length > 0 ? own.map((one) => one.name ?? String(one.hostPort)) : listServices(ports);
        const what = `the Ingress names port ${wanted} of Service ${name}, which ${file} does not have.${hint(own.length > 0 ? wanted : name, there)}`;
        failures.push(stackFailure('STACK_REFERENCE_MISSING', { what, at: place }));
        continue;
      }
      const exact = pathType === 'Exact';
      if (routes.some((one) => one.host === host && one.path === path && one.exact === exact)) {
        const what = `the Ingress has two paths ${path} for ${host ?? 'every host'}`;
        failures.push(stackFailure('STACK_VALUE_INVALID', { what, at: place }));
      }
      let target = backends.findIndex(
        (one) => one.containerPort === found.containerPort && one.h2c === found.h2c,
      );
      if (target < 0) target = backends.push({ containerPort: found.containerPort, h2c: found.h2c }) - 1;
      routes.push({ host, path, exact, backend: target });
    }
  if (failures.length > 0) return failed(...failures);
  const certificates = (ingress.spec.tls ?? []).map(({ secretName }, index) => ({
    name: secretName,
    at: at(['spec', 'tls', index]),
  }));
  const { listen, httpPort, httpsPort } = annotations.found;
  const place = at([]);
  return ok({
    name: ingress.metadata.name,
    listen,
    httpPort,
    httpsPort,
    certificates,
    routes: order(routes),
    backends,
    at: place,
  });
}

/** The image of the reverse proxy that an Ingress names, as one of the stack's. */
export function listEdgeImages({ file, ingresses }: Parts): Pick<StackImage, 'reference' | 'at'>[] {
  return ingresses.slice(0, 1).map(({ ingress, lineOf }) => ({
    reference: (ingress.metadata.annotations?.[edgeImage] ?? '').replace(/:latest$/, ''),
    at: { file, line: lineOf(['metadata', 'annotations', edgeImage]) },
  }));
}

function readAnnotations(
  annotations: Readonly<Record<string, string>>,
  at: (key: string) => { readonly file: string; readonly line: number },
) {
  const failures: Failure[] = [];
  for (const key of Object.keys(annotations)) {
    const name = key.startsWith(prefix) ? key.slice(prefix.length) : undefined;
    if (name === undefined || known.includes(name)) continue;
    const what = `unknown annotation ${key}.${hint(name, known)}`;
    failures.push(stackFailure('STACK_FIELD_UNKNOWN', { what, at: at(key) }));
  }
  if ((annotations[edgeImage] ?? '') === '') {
    const what = `the Ingress has no annotation ${edgeImage}, the reverse proxy that deploy starts`;
    const remedy = `Name an image with HAProxy: ${edgeImage}: localhost/<prefix>/base-haproxy`;
    failures.push(stackFailure('STACK_VALUE_INVALID', { what, remedy, at: at('') }));
  }
  const listen = annotations[`${prefix}listen`] ?? '127.0.0.1';
  if (listen !== '*' && !address.safeParse(listen).success) {
    const what = `${prefix}listen: ${JSON.stringify(listen)} is neither an IP address nor *`;
    failures.push(stackFailure('STACK_VALUE_INVALID', { what, at: at(`${prefix}listen`) }));
  }
  const portOf = (name: string, otherwise: number): number => {
    const text = annotations[`${prefix}${name}`];
    if (text === undefined) return otherwise;
    if (/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535) return Number(text);
    const what = `${prefix}${name}: ${JSON.stringify(text)} is not a port`;
    failures.push(stackFailure('STACK_VALUE_INVALID', { what, at: at(`${prefix}${name}`) }));
    return otherwise;
  };
  const found = { listen, httpPort: portOf('http-port', 80), httpsPort: portOf('https-port', 443) };
  return { found, failures };
}

function listServices(ports: readonly StackPort[]): string[] {
  return [...new Set(ports.map(({ service }) => service))];
}

/** As Kubernetes decides: a named host before every host, an exact path before a prefix, a longer prefix before a shorter one. */
function order(routes: readonly EdgeRoute[]): EdgeRoute[] {
  return [...routes].sort(
    (a, b) =>
      Number(a.host === undefined) - Number(b.host === undefined) ||
      Number(b.exact) - Number(a.exact) ||
      b.path.length - a.path.length,
  );
}
