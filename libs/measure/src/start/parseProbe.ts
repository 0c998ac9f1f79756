/** How a component shows that it is ready. */
export type Probe =
  | { readonly kind: 'grpc'; readonly host: string; readonly port: number; readonly service: string }
  | { readonly kind: 'http'; readonly host: string; readonly port: number; readonly path: string }
  | { readonly kind: 'log'; readonly pattern: RegExp }
  | { readonly kind: 'command'; readonly command: string }
  | { readonly kind: 'exit' };

const loopback = /^(localhost|127(\.\d{1,3}){3})$/;

/**
 * Parses a probe: `grpc://127.0.0.1:50100[/service]` (grpc.health.v1), `http://127.0.0.1:8080/health`, `log:<regular expression>`,
 * `command:<of sh, on this machine>`, or `exit` for a program that does its work and ends. Returns the reason if it is none.
 * Components are measured on this machine, so only loopback addresses are asked.
 */
export function parseProbe(text: string): Probe | { readonly why: string } {
  if (text === 'exit') return { kind: 'exit' };
  const [, kind, rest = ''] = /^(log|command|grpc|http):(.+)$/s.exec(text) ?? [];
  if (kind === 'command') return { kind, command: rest };
  if (kind === 'log') {
    try {
      return { kind, pattern: new RegExp(rest, 'm') };
    } catch (error) {
      return { why: (error as Error).message };
    }
  }
  const [, host = '', port = '', path = ''] = /^\/\/([^/:\s]+):(\d{1,5})(\/[^\s#]*)?$/.exec(rest) ?? [];
  if (kind === undefined || host === '')
    return {
      why: `${JSON.stringify(text)} is none of grpc://host:port, http://host:port/path, log:…, command:…, exit`,
    };
  if (!loopback.test(host)) return { why: `${host} is not a loopback address` };
  const number = Number(port);
  if (number < 1 || number > 65_535) return { why: `${port} is no port` };
  if (kind === 'grpc') return { kind, host, port: number, service: path.slice(1) };
  return { kind: 'http', host, port: number, path: path || '/' };
}
