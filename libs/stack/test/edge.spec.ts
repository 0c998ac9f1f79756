import {
  countRequests,
  edgeDigest,
  isSwitched,
  listServers,
  readServers,
  readStack,
  renderCompose,
  renderHaproxy,
  type Stack,
  switchCommands,
} from '../src';
import { listImages } from '../src/read/listImages';

const text = (annotations = '', rules = '', tls = '') => `apiVersion: v1
kind: Pod
metadata: {name: shop, labels: {app: shop}}
spec:
  containers:
    - name: api
      image: localhost/p/api
      ports: [{name: http, containerPort: 8080}, {name: grpc, containerPort: 9090}]
---
apiVersion: v1
kind: Service
metadata: {name: shop}
spec:
  selector: {app: shop}
  ports:
    - {name: http, port: 80, targetPort: http}
    - {name: grpc, port: 90, targetPort: grpc, appProtocol: kubernetes.io/h2c}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  annotations:
    prism-build.edge/image: localhost/p/edge
${annotations}
spec:
${tls}
  rules:
    - http:
        paths:
          - {path: /, pathType: Prefix, backend: {service: {name: shop, port: {name: http}}}}
          - {path: /shop.Orders/, pathType: Prefix, backend: {service: {name: shop, port: {number: 90}}}}
${rules}
`;

function read(source: string): Stack {
  const stack = readStack(source, 'stack.yaml');
  if (!stack.ok) throw new Error(JSON.stringify(stack.failures));
  return stack.value;
}

const codes = (source: string) => {
  const stack = readStack(source, 'stack.yaml');
  return stack.ok ? [] : stack.failures.map(({ code, at }) => `${at?.line} ${code}`);
};

test('the routes in the order in which Kubernetes decides, by elements of the path', () => {
  const { edge } = read(
    text(
      '',
      `    - host: a.example
      http:
        paths: [{path: /x, pathType: Exact, backend: {service: {name: shop, port: {name: grpc}}}}]`,
    ),
  );
  const lines = renderHaproxy(edge!, { slot: 'next', ports: { 8080: 4001, 9090: 4002 } }).split('\n');
  expect(
    lines.filter((line) => /^ {2}(use_backend|server|bind) /.test(line)).map((line) => line.trim()),
  ).toEqual([
    'bind 127.0.0.1:80',
    'use_backend service-1 if { req.hdr(host),host_only,lower -m str a.example } { path -m str /x }',
    'use_backend service-1 if { path -m str /shop.Orders }',
    'use_backend service-1 if { path -m beg /shop.Orders/ }',
    'use_backend service-0',
    'server next 127.0.0.1:4001',
    'server own 127.0.0.1:1 disabled',
    'server next 127.0.0.1:4002 proto h2',
    'server own 127.0.0.1:1 proto h2 disabled',
  ]);
});

test('with a certificate, the port of HTTP only redirects', () => {
  const ports = `    prism-build.edge/http-port: "8080"
    prism-build.edge/https-port: "8443"
    prism-build.edge/listen: "::1"`;
  const { edge } = read(text(ports, '', '  tls: [{secretName: shop-tls}]'));
  const config = renderHaproxy(edge!, { slot: 'own', ports: {} });
  expect(config).toContain('bind [::1]:8080\n  http-request redirect code 308 location https://%[req');
  expect(config).toContain('bind [::1]:8443 ssl crt /run/certificates/ alpn h2,http/1.1\n');
  // Upstreams do not count, everything else does.
  const other = read(text(ports.replace('8443', '8444'), '', '  tls: [{secretName: shop-tls}]')).edge!;
  expect(edgeDigest(edge!, 'a')).not.toBe(edgeDigest(other, 'a'));
  expect(edgeDigest(edge!, 'a')).not.toBe(edgeDigest(edge!, 'b'));
});

test('what is wrong has its line', () => {
  expect(codes(text('    prism-build.edge/http-prt: "1"'))).toEqual(['25 STACK_FIELD_UNKNOWN']);
  expect(codes(text('    prism-build.edge/http-port: "0"'))).toEqual(['25 STACK_VALUE_INVALID']);
  expect(codes(text('    prism-build.edge/listen: example'))).toEqual(['25 STACK_VALUE_INVALID']);
  expect(codes(text().replace('number: 90', 'number: 91'))).toEqual(['32 STACK_REFERENCE_MISSING']);
  expect(codes(text().replace('/shop.Orders/', '/'))).toEqual(['32 STACK_VALUE_INVALID']);
  expect(codes(text().replace('    prism-build.edge/image: localhost/p/edge', '    a: b'))).toEqual([
    '24 STACK_VALUE_INVALID',
  ]);
  expect(codes(text('', '', '  tls: [{secretName: a, hosts: [a.example]}]'))).toEqual([
    '27 STACK_NOT_HONOURED',
  ]);
});

test('the image of the reverse proxy is one of the stack; forms without one refuse it', () => {
  expect(listImages(text())).toEqual(['localhost/p/api', 'localhost/p/edge']);
  expect(read(text()).images.map(({ container }) => container)).toEqual(['api', 'Ingress']);
  expect(renderCompose(read(text()), { api: 'a' })).toMatchObject({
    ok: false,
    failures: [{ code: 'STACK_FORM_LACKS', at: { line: 19 } }],
  });
});

test('a switch is complete if every backend has its server', () => {
  const { edge } = read(text());
  const upstream = { slot: 'next', ports: { 8080: 4001, 9090: 4002 } } as const;
  const commands = switchCommands(edge!, upstream).split('; ');
  expect(commands).toHaveLength(7);
  // No backend is ever without a server.
  expect(commands.findIndex((one) => one.includes('drain'))).toBe(4);
  expect(commands[6]).toBe(listServers);
  const csv = (slot: string, status: string) =>
    [
      '# pxname,svname,scur,status,addr',
      'service-0,own,2,DRAIN,127.0.0.1:3001',
      'service-0,next,1,no check,127.0.0.1:4001',
      `service-1,own,1,${status},127.0.0.1:3002`,
      `service-1,${slot},0,no check,127.0.0.1:4002`,
      '',
    ].join('\n');
  expect(isSwitched(edge!, upstream, readServers(csv('next', 'MAINT')))).toBe(true);
  expect(isSwitched(edge!, upstream, readServers(csv('next', 'no check')))).toBe(false);
  expect(isSwitched(edge!, upstream, readServers(csv('other', 'MAINT')))).toBe(false);
  expect(countRequests(readServers(csv('next', 'MAINT')), 'own')).toBe(3);
  expect(readServers('Unknown command')).toEqual([]);
});
