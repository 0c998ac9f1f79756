import { createServer } from 'node:net';
import { checkPorts, findFreePorts } from '../../src/stack/ports';

afterEach(() => jest.restoreAllMocks());

test('a number that another program has is not given', async () => {
  jest.spyOn(Math, 'random').mockReturnValue(0.5);
  const found = await findFreePorts([80, 443, 8080]);
  expect(Object.keys(found)).toEqual(['80', '443', '8080']);
  expect(new Set(Object.values(found)).size).toBe(3);
});

test('a port in use is named with its Service', async () => {
  const server = createServer();
  const hostPort = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
  const at = { file: 'stack.yaml', line: 7 };
  const checked = await checkPorts([{ hostPort, protocol: 'TCP', at }], () => 'Service api');
  server.close();
  expect(checked).toMatchObject({
    ok: false,
    failures: [{ code: 'STACK_PORT_IN_USE', what: `port ${hostPort} of Service api is in use on 127.0.0.1` }],
  });
  expect(await checkPorts([{ hostPort, protocol: 'TCP', at }], () => 'Service api')).toMatchObject({
    ok: true,
  });
});
