//! Configuration: a YAML file, with listen addresses and the drain limit
//! overridable by the environment.

mod entries;
mod environment;
mod interfaces;
mod limits;
mod load;
mod reader;
mod tls;
mod tokens;
mod violation;

#[cfg(test)]
mod tests;

use std::{net::SocketAddr, time::Duration};

use prism_transport::{Endpoint, Limits};

use crate::tls::Identity;
pub use environment::Environment;
pub use load::{load, parse};
pub use violation::{Violation, Violations};

/// Everything the proxy needs to run; all values are valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Where gRPC and `GET /health` are served; 127.0.0.1:8980 by default.
    pub listen: SocketAddr,
    /// Where the admin HTTP server listens; 127.0.0.1:8981 by default.
    pub admin_listen: SocketAddr,
    /// How long calls in flight may take to finish after SIGTERM; 10 s by default.
    pub drain_timeout: Duration,
    /// What all clients may take together.
    pub connections: Connections,
    /// What one client may take.
    pub clients: Clients,
    /// How long the proxy still takes calls after SIGTERM, while health says no;
    /// 1 s by default.
    pub lame_duck: Duration,
    /// `None` when the data port speaks no TLS.
    pub tls: Option<Identity>,
    /// `None` when everybody may use every namespace.
    pub tokens: Option<Vec<Token>>,
    /// Gets a span of each call; `None` when nobody wants them.
    pub collector: Option<Collector>,
    /// At least one, with distinct names.
    pub namespaces: Vec<Namespace>,
}

/// A collector of traces that takes OTLP over HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collector {
    /// Where it listens.
    pub endpoint: Endpoint,
    /// Of requests with traces: `/v1/traces`.
    pub path: String,
    /// What spans name as their service.
    pub service: String,
}

/// Limits of the data port's connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connections {
    /// Open at once, of all clients; 10000 by default, or what the limit of file
    /// descriptors leaves.
    pub max: usize,
    /// From the connection to its first request; 20 s by default.
    pub header: Duration,
    /// From the last request on; 5 minutes by default.
    pub idle: Duration,
}

impl Default for Connections {
    fn default() -> Self {
        let Limits {
            most, header, idle, ..
        } = Limits::default();
        Self {
            max: most,
            header,
            idle,
        }
    }
}

/// Limits of each client, that is of an IPv4 address or an IPv6 network of 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clients {
    /// Calls in flight at once, over all connections; 2000 by default, half of
    /// what a plugin gets.
    pub max_calls: usize,
    /// Connections at once; 1000 by default.
    pub max_connections: usize,
    /// How long an answer waits for a client that does not read; 10 s by default.
    pub slow_reader: Duration,
}

impl Default for Clients {
    fn default() -> Self {
        Self {
            max_calls: 2000,
            max_connections: Limits::default().most_of_client,
            slow_reader: Duration::from_secs(10),
        }
    }
}

/// One namespace and the plugin that serves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Namespace {
    /// What clients put into `x-prism-namespace`.
    pub name: String,
    /// The kind of backend, for people: `memstore`, `postgres`.
    pub backend: String,
    /// Where the plugin listens.
    pub endpoint: Endpoint,
    /// Full names of the gRPC services that are forwarded, and no others;
    /// `prism.keyvalue.v1.KeyValue` by default.
    pub interfaces: Vec<String>,
    /// The limit of a call, whatever deadline it brings; none when the file says
    /// `timeout_ms: 0`. 10 s by default.
    pub timeout: Option<Duration>,
    /// Whether the plugin keeps namespaces apart, so that others may use the
    /// same endpoint.
    pub shared: bool,
    /// What all its clients may take together.
    pub limits: NamespaceLimits,
}

/// Limits of a namespace; `None` for none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamespaceLimits {
    /// Calls that begin in a second, and at once after a pause.
    pub calls_per_second: Option<u32>,
    /// Calls in flight at once.
    pub max_calls: Option<usize>,
    /// Bytes of a request, with its gRPC framing.
    pub max_request_bytes: Option<u64>,
}

/// Who may use which namespaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// For people.
    pub name: String,
    /// SHA-256 of what clients send as `authorization: Bearer …`.
    pub sha256: [u8; 32],
    /// Names of configured namespaces.
    pub namespaces: Vec<String>,
}
