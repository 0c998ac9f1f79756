import { createHash } from 'node:crypto';
import type { Edge, EdgeBackend, EdgeRoute } from '../read/edge';
import { otherSlot, type Upstream } from './upstream';

/** Where the reverse proxy finds its files in its container. */
export const edgePaths = {
  configuration: '/etc/edge',
  certificates: '/run/certificates',
  /** The command socket; only its own user can use it. */
  socket: '/tmp/admin.sock',
} as const;

/** A server that is not in use has a port on which nothing listens. */
const unused = 1;

/** The name of a backend in the configuration. */
export const backendName = (index: number): string => `service-${index}`;

/**
 * The configuration of HAProxy for the edge of a stack. Each backend has a server for each slot, so that a running HAProxy is
 * switched by commands, without a new process: requests that are underway end where they began, and the next one of the same
 * connection goes to the new version.
 */
export function renderHaproxy(edge: Edge, upstream: Upstream): string {
  const secure = edge.certificates.length > 0;
  const address = edge.listen.includes(':') ? `[${edge.listen}]` : edge.listen;
  const serving = [
    '  option forwardfor',
    `  http-request set-header X-Forwarded-Proto ${secure ? 'https' : 'http'}`,
    ...edge.routes.flatMap(renderRoute),
    '  default_backend none',
  ];
  const other = edge.httpsPort === 443 ? '' : `:${edge.httpsPort}`;
  const host = '%[req.hdr(host),host_only]';
  return `${[
    '# Written by deploy; changes are lost.',
    'global',
    '  log stdout format raw daemon notice',
    `  stats socket ${edgePaths.socket} mode 600 level admin`,
    '  ssl-default-bind-options ssl-min-ver TLSv1.2',
    'defaults',
    '  mode http',
    '  log global',
    '  option redispatch',
    '  timeout connect 5s',
    '  timeout http-request 10s',
    '  timeout http-keep-alive 60s',
    '  # Streams of gRPC may be silent for long.',
    '  timeout client 1h',
    '  timeout server 1h',
    '  timeout tunnel 1h',
    'frontend http',
    `  bind ${address}:${edge.httpPort}`,
    ...(secure
      ? [`  http-request redirect code 308 location https://${host}${other}%[capture.req.uri]`]
      : serving),
    ...(secure
      ? [
          'frontend https',
          `  bind ${address}:${edge.httpsPort} ssl crt ${edgePaths.certificates}/ alpn h2,http/1.1`,
          ...serving,
        ]
      : []),
    ...edge.backends.flatMap((backend, index) => renderBackend(backend, index, upstream)),
    'backend none',
    '  http-request return status 404 content-type text/plain string "no route\\n"',
  ].join('\n')}\n`;
}

/** Changes with everything for which HAProxy must be started anew; upstreams are switched while it runs. */
export function edgeDigest(edge: Edge, image: string): string {
  const text = renderHaproxy(edge, { slot: 'own', ports: {} });
  return createHash('sha256').update(`${image}\n${text}`).digest('hex').slice(0, 16);
}

/** A prefix counts by elements of the path, as in Kubernetes: `/a` is for `/a/b`, not for `/ab`. */
function renderRoute({ host, path, exact, backend }: EdgeRoute): string[] {
  const forHost = host === undefined ? '' : `{ req.hdr(host),host_only,lower -m str ${host} } `;
  const use = (condition: string) => {
    const all = `${forHost}${condition}`.trim();
    return `  use_backend ${backendName(backend)}${all === '' ? '' : ` if ${all}`}`;
  };
  if (exact) return [use(`{ path -m str ${path} }`)];
  const element = path.replace(/\/+$/, '');
  if (element === '') return [use('')];
  return [use(`{ path -m str ${element} }`), use(`{ path -m beg ${element}/ }`)];
}

function renderBackend({ containerPort, h2c }: EdgeBackend, index: number, { slot, ports }: Upstream) {
  const protocol = h2c ? ' proto h2' : '';
  const used = `127.0.0.1:${ports[containerPort] ?? unused}`;
  return [
    `backend ${backendName(index)}`,
    `  server ${slot} ${used}${protocol}`,
    `  server ${otherSlot(slot)} 127.0.0.1:${unused}${protocol} disabled`,
  ];
}
