import * as z from 'zod';

/** The fields of Kubernetes that `up` honours, and no others: an unknown one is refused with its line. */
const label = z
  .string()
  .max(63, 'has more than 63 characters')
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'is not a name of Kubernetes: a-z, 0-9 and - within');
const words = z.record(z.string(), z.string());
const labels = { labels: words.optional(), annotations: words.optional() };
const metadata = z.strictObject({ name: label, ...labels });
const port = z.int().min(1).max(65_535);
const portReference = z.union([port, label]);
const seconds = z.int().min(0);
const user = z.int().min(0);
const key = z.strictObject({ name: label, key: z.string().min(1) });
const quantity = z.union([
  z.string().regex(/^\d+(\.\d+)?(m|[kKMGT]i?)?$/, 'is not a quantity such as 64Mi, 500m or 2'),
  z.number().positive(),
]);
const path = z.string().startsWith('/', 'is not an absolute path');

/** Exactly one of these fields; which of them, is a property of the object. */
function oneOf<Shape extends z.ZodRawShape>(shape: Shape, names: readonly string[]) {
  return z
    .strictObject(shape)
    .refine(
      (value) => names.filter((name) => (value as Record<string, unknown>)[name] !== undefined).length === 1,
      {
        message: `must have one of ${names.join(', ')}`,
      },
    );
}

const probe = oneOf(
  {
    httpGet: z
      .strictObject({
        path: path.default('/'),
        port: portReference,
        scheme: z.enum(['HTTP', 'HTTPS']).default('HTTP'),
        httpHeaders: z.array(z.strictObject({ name: z.string().min(1), value: z.string() })).optional(),
      })
      .optional(),
    tcpSocket: z.strictObject({ port: portReference }).optional(),
    grpc: z.strictObject({ port, service: z.string().optional() }).optional(),
    exec: z.strictObject({ command: z.array(z.string()).min(1) }).optional(),
    initialDelaySeconds: seconds.optional(),
    timeoutSeconds: seconds.min(1).optional(),
    periodSeconds: seconds.min(1).optional(),
    successThreshold: z.int().min(1).optional(),
    failureThreshold: z.int().min(1).optional(),
  },
  ['httpGet', 'tcpSocket', 'grpc', 'exec'],
);

const seccompProfile = z.strictObject({ type: z.literal('RuntimeDefault') });
const identity = {
  runAsUser: user.optional(),
  runAsGroup: user.optional(),
  runAsNonRoot: z.boolean().optional(),
  seccompProfile: seccompProfile.optional(),
};
const capabilities = z.array(
  z.string().regex(/^(ALL|[A-Z][A-Z_]*)$/, 'is not a capability such as ALL or NET_BIND_SERVICE'),
);
const amounts = z.strictObject({ cpu: quantity.optional(), memory: quantity.optional() });

const variable = z.strictObject({
  name: z.string().regex(/^[A-Za-z_][A-Za-z0-9_.-]*$/, 'is not a name of a variable'),
  value: z.string('expected text; put a number or a truth value into quotes').optional(),
  valueFrom: oneOf({ configMapKeyRef: key.optional(), secretKeyRef: key.optional() }, [
    'configMapKeyRef',
    'secretKeyRef',
  ]).optional(),
});

const container = z.strictObject({
  name: label,
  image: z.string().min(1),
  imagePullPolicy: z.enum(['IfNotPresent', 'Never']).optional(),
  command: z.array(z.string()).optional(),
  args: z.array(z.string()).optional(),
  workingDir: path.optional(),
  env: z.array(variable).optional(),
  envFrom: z
    .array(
      oneOf(
        {
          configMapRef: z.strictObject({ name: label }).optional(),
          secretRef: z.strictObject({ name: label }).optional(),
        },
        ['configMapRef', 'secretRef'],
      ),
    )
    .optional(),
  ports: z
    .array(
      z.strictObject({
        name: label.optional(),
        containerPort: port,
        protocol: z.enum(['TCP', 'UDP']).optional(),
      }),
    )
    .optional(),
  resources: z.strictObject({ limits: amounts.optional(), requests: amounts.optional() }).optional(),
  volumeMounts: z
    .array(z.strictObject({ name: label, mountPath: path, readOnly: z.boolean().optional() }))
    .optional(),
  securityContext: z
    .strictObject({
      ...identity,
      readOnlyRootFilesystem: z.boolean().optional(),
      allowPrivilegeEscalation: z.boolean().optional(),
      capabilities: z
        .strictObject({ add: capabilities.optional(), drop: capabilities.optional() })
        .optional(),
    })
    .optional(),
  readinessProbe: probe.optional(),
  startupProbe: probe.optional(),
});

const podSpec = z.strictObject({
  containers: z.array(container).min(1),
  volumes: z
    .array(
      oneOf(
        {
          name: label,
          configMap: z.strictObject({ name: label }).optional(),
          persistentVolumeClaim: z.strictObject({ claimName: label }).optional(),
          emptyDir: z.strictObject({}).optional(),
        },
        ['configMap', 'persistentVolumeClaim', 'emptyDir'],
      ),
    )
    .optional(),
  restartPolicy: z.enum(['Always', 'OnFailure', 'Never']).optional(),
  terminationGracePeriodSeconds: seconds.optional(),
  securityContext: z.strictObject({ ...identity, fsGroup: user.optional() }).optional(),
  automountServiceAccountToken: z.literal(false).optional(),
  enableServiceLinks: z.literal(false).optional(),
});

const pod = z.strictObject({ apiVersion: z.literal('v1'), kind: z.literal('Pod'), metadata, spec: podSpec });

const deployment = z.strictObject({
  apiVersion: z.literal('apps/v1'),
  kind: z.literal('Deployment'),
  metadata,
  spec: z.strictObject({
    replicas: z.literal(1, 'must be 1: Podman starts one pod').optional(),
    selector: z.strictObject({ matchLabels: words }),
    strategy: z.strictObject({ type: z.literal('Recreate') }).optional(),
    template: z.strictObject({ metadata: z.strictObject(labels), spec: podSpec }),
  }),
});

const service = z.strictObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('Service'),
  metadata,
  spec: z.strictObject({
    type: z.literal('ClusterIP').optional(),
    selector: words,
    ports: z
      .array(
        z.strictObject({
          name: label.optional(),
          port,
          targetPort: portReference.optional(),
          protocol: z.enum(['TCP', 'UDP']).optional(),
          appProtocol: z.enum(['http', 'kubernetes.io/h2c']).optional(),
        }),
      )
      .min(1),
  }),
});

const ingressPath = z.strictObject({
  path: z.string().regex(/^\/[-A-Za-z0-9._~/]*$/, 'is not a path of letters, digits, - . _ ~ and /'),
  pathType: z.enum(['Prefix', 'Exact']),
  backend: z.strictObject({
    service: z.strictObject({
      name: label,
      port: oneOf({ name: label.optional(), number: port.optional() }, ['name', 'number']),
    }),
  }),
});

const ingress = z.strictObject({
  apiVersion: z.literal('networking.k8s.io/v1'),
  kind: z.literal('Ingress'),
  metadata,
  spec: z.strictObject({
    ingressClassName: label.optional(),
    tls: z
      .array(z.strictObject({ secretName: label }))
      .min(1)
      .optional(),
    rules: z
      .array(
        z.strictObject({
          host: z
            .string()
            .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 'is not the name of a host')
            .optional(),
          http: z.strictObject({ paths: z.array(ingressPath).min(1) }),
        }),
      )
      .min(1),
  }),
});

const configMap = z.strictObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('ConfigMap'),
  metadata,
  data: z.record(
    z.string().regex(/^[-._a-zA-Z0-9]+$/, 'is not a key of a ConfigMap'),
    z.string('expected text; put a number or a truth value into quotes'),
  ),
});

const claim = z.strictObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('PersistentVolumeClaim'),
  metadata,
  spec: z.strictObject({
    accessModes: z.array(z.enum(['ReadWriteOnce', 'ReadWriteOncePod'])).min(1),
    resources: z.strictObject({ requests: z.strictObject({ storage: quantity }) }),
  }),
});

/** The kinds of documents that a stack may have. */
export const kinds = {
  Pod: pod,
  Deployment: deployment,
  Service: service,
  Ingress: ingress,
  ConfigMap: configMap,
  PersistentVolumeClaim: claim,
} as const;

export type Kind = keyof typeof kinds;
export type Manifest = { readonly [Name in Kind]: z.infer<(typeof kinds)[Name]> }[Kind];
export type PodSpec = z.infer<typeof podSpec>;
export type Container = z.infer<typeof container>;
export type Probe = z.infer<typeof probe>;
export type Service = z.infer<typeof service>;
export type Ingress = z.infer<typeof ingress>;
export type ConfigMap = z.infer<typeof configMap>;
