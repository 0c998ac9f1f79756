import { type Failure, hint, stackFailure } from '@prism-build/errors';
import type { Path } from './documents';
import type { Parts } from './parts';
import type { Container, Probe } from './schema';

/** Names in the pod that nothing in the file has, and names that come twice. */
export function checkReferences({ file, template, configMaps, claims }: Parts): Failure[] {
  const { spec, lineOf } = template;
  const at = (path: Path) => ({ file, line: lineOf(['spec', ...path]) });
  const missing = (what: string, name: string, names: readonly string[], path: Path): Failure[] =>
    names.includes(name)
      ? []
      : [
          stackFailure('STACK_REFERENCE_MISSING', {
            what: `${what} ${name}.${hint(name, names)}`,
            at: at(path),
          }),
        ];
  const twice = (kind: string, names: readonly string[], path: (index: number) => Path): Failure[] =>
    names.flatMap((name, index) =>
      names.indexOf(name) === index
        ? []
        : [
            stackFailure('STACK_VALUE_INVALID', {
              what: `there are two ${kind} ${name}`,
              at: at(path(index)),
            }),
          ],
    );
  const maps = new Map(configMaps.map(({ metadata, data }) => [metadata.name, Object.keys(data)]));
  const { containers, volumes = [] } = spec;

  const volumeFailures = volumes.flatMap(({ configMap, persistentVolumeClaim }, index) => {
    if (configMap)
      return missing(
        `${file} has no ConfigMap`,
        configMap.name,
        [...maps.keys()],
        ['volumes', index, 'configMap', 'name'],
      );
    const name = persistentVolumeClaim?.claimName;
    const path = ['volumes', index, 'persistentVolumeClaim', 'claimName'];
    return name === undefined ? [] : missing(`${file} has no PersistentVolumeClaim`, name, claims, path);
  });
  const variables = ({ env = [], envFrom = [] }: Container, index: number): Failure[] => [
    ...env.flatMap(({ valueFrom }, nth) => {
      const reference = valueFrom?.configMapKeyRef;
      if (!reference) return [];
      const path = ['containers', index, 'env', nth, 'valueFrom', 'configMapKeyRef'];
      const keys = maps.get(reference.name);
      if (!keys)
        return missing(`${file} has no ConfigMap`, reference.name, [...maps.keys()], [...path, 'name']);
      return missing(`ConfigMap ${reference.name} has no key`, reference.key, keys, [...path, 'key']);
    }),
    ...env.flatMap(({ name, value, valueFrom }, nth) => {
      if (value === undefined || valueFrom === undefined) return [];
      const what = `the variable ${name} has both value and valueFrom`;
      return [stackFailure('STACK_VALUE_INVALID', { what, at: at(['containers', index, 'env', nth]) })];
    }),
    ...envFrom.flatMap(({ configMapRef }, nth) => {
      const path = ['containers', index, 'envFrom', nth, 'configMapRef', 'name'];
      return configMapRef
        ? missing(`${file} has no ConfigMap`, configMapRef.name, [...maps.keys()], path)
        : [];
    }),
  ];
  const mounts = ({ volumeMounts = [] }: Container, index: number): Failure[] =>
    volumeMounts.flatMap(({ name }, nth) =>
      missing(
        `${file} has no volume`,
        name,
        volumes.map((one) => one.name),
        ['containers', index, 'volumeMounts', nth, 'name'],
      ),
    );
  const probes = (container: Container, index: number): Failure[] =>
    (['startupProbe', 'readinessProbe'] as const).flatMap((kind) => {
      const found = namedPort(container[kind]);
      if (!found) return [];
      const names = (container.ports ?? []).flatMap(({ name }) => name ?? []);
      const path = ['containers', index, kind, found.field, 'port'];
      return missing(`container ${container.name} has no port`, found.port, names, path);
    });
  const root = ({ securityContext: own }: Container, index: number): Failure[] => {
    const nonRoot = own?.runAsNonRoot ?? spec.securityContext?.runAsNonRoot;
    const user = own?.runAsUser ?? spec.securityContext?.runAsUser;
    if (!nonRoot || user !== 0) return [];
    const what = 'runAsNonRoot is true, and runAsUser is 0';
    return [stackFailure('STACK_VALUE_INVALID', { what, at: at(['containers', index, 'securityContext']) })];
  };
  return [
    ...twice('containers', names(containers), (index) => ['containers', index, 'name']),
    ...twice('volumes', names(volumes), (index) => ['volumes', index, 'name']),
    ...volumeFailures,
    ...containers.flatMap((one, index) =>
      [variables, mounts, probes, root].flatMap((check) => check(one, index)),
    ),
  ];
}

const names = (named: readonly { readonly name: string }[]) => named.map(({ name }) => name);

/** The port that a probe names, with the field that names it. */
function namedPort(probe: Probe | undefined) {
  for (const field of ['httpGet', 'tcpSocket'] as const) {
    const port = probe?.[field]?.port;
    if (typeof port === 'string') return { field, port };
  }
  return undefined;
}
