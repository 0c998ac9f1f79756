//! Settings from environment variables.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    str::FromStr,
    time::Duration,
};

use super::{Collector, Config, Violations};

/// For listeners without a configured address. Images have a network of their
/// own and set `PRISM_LISTEN_HOST`.
const DEFAULT_HOST: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const COLLECTOR_RULE: &str = "must be http://host:port of a collector that takes OTLP over HTTP, such as \
     http://127.0.0.1:4318; with TLS it needs an agent on this machine in between";
const DEFAULT_SERVICE: &str = "prism-proxy";
pub(super) const ADDRESS_RULE: &str = "must be an IP address and port, such as 0.0.0.0:8980";

/// The variables that configuration reads.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// `PRISM_LISTEN_HOST`: IP address of listeners without a configured address.
    pub listen_host: Option<String>,
    /// `PRISM_LISTEN`: `address:port` of the data plane.
    pub listen: Option<String>,
    /// `PRISM_ADMIN_LISTEN`: `address:port` of the admin server.
    pub admin_listen: Option<String>,
    /// `PRISM_DRAIN_TIMEOUT_MS`: milliseconds.
    pub drain_timeout_ms: Option<String>,
    /// `PRISM_LAME_DUCK_MS`: milliseconds.
    pub lame_duck_ms: Option<String>,
    /// `OTEL_EXPORTER_OTLP_ENDPOINT`: the URL of a collector of traces.
    pub otlp_endpoint: Option<String>,
    /// `OTEL_SERVICE_NAME`: what spans name as their service.
    pub service_name: Option<String>,
}

impl Environment {
    /// Of this process. An empty variable counts as unset.
    #[must_use]
    pub fn of_process() -> Self {
        let get = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        Self {
            listen_host: get("PRISM_LISTEN_HOST"),
            listen: get("PRISM_LISTEN"),
            admin_listen: get("PRISM_ADMIN_LISTEN"),
            drain_timeout_ms: get("PRISM_DRAIN_TIMEOUT_MS"),
            lame_duck_ms: get("PRISM_LAME_DUCK_MS"),
            otlp_endpoint: get("OTEL_EXPORTER_OTLP_ENDPOINT"),
            service_name: get("OTEL_SERVICE_NAME"),
        }
    }
}

/// The default host of listeners.
pub(super) fn host(environment: &Environment, violations: &mut Violations) -> IpAddr {
    let rule = "must be an IP address, such as 0.0.0.0";
    let host = &environment.listen_host;
    read("PRISM_LISTEN_HOST", host, rule, violations).unwrap_or(DEFAULT_HOST)
}

/// Overrides what the file says.
pub(super) fn apply(environment: &Environment, config: &mut Config, violations: &mut Violations) {
    let mut address = |name: &str, value: &Option<String>, into: &mut SocketAddr| {
        if let Some(address) = read(name, value, ADDRESS_RULE, violations) {
            *into = address;
        }
    };
    address("PRISM_LISTEN", &environment.listen, &mut config.listen);
    address(
        "PRISM_ADMIN_LISTEN",
        &environment.admin_listen,
        &mut config.admin_listen,
    );
    let mut milliseconds = |name: &str, value: &Option<String>, into: &mut Duration| {
        let rule = "must be a whole number of milliseconds";
        if let Some(ms) = read::<u32>(name, value, rule, violations) {
            *into = Duration::from_millis(ms.into());
        }
    };
    milliseconds(
        "PRISM_DRAIN_TIMEOUT_MS",
        &environment.drain_timeout_ms,
        &mut config.drain_timeout,
    );
    milliseconds(
        "PRISM_LAME_DUCK_MS",
        &environment.lame_duck_ms,
        &mut config.lame_duck,
    );
    if let Some(url) = &environment.otlp_endpoint {
        let service = environment.service_name.as_deref();
        config.collector = collector(url, service.unwrap_or(DEFAULT_SERVICE));
        if config.collector.is_none() {
            violations.add("OTEL_EXPORTER_OTLP_ENDPOINT", COLLECTOR_RULE);
        }
    }
    let clash = config.listen == config.admin_listen && config.listen.port() != 0;
    if clash {
        violations.add(
            "listen",
            format!("both listeners would use {}", config.listen),
        );
    }
}

/// The collector of a URL, whose path is that of all its signals.
fn collector(url: &str, service: &str) -> Option<Collector> {
    let rest = url.strip_prefix("http://")?;
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    if !path.bytes().all(|b| b.is_ascii_graphic()) {
        return None;
    }
    let base = path.trim_end_matches('/');
    let slash = if base.is_empty() { "" } else { "/" };
    Some(Collector {
        endpoint: authority.parse().ok()?,
        path: format!("{slash}{base}/v1/traces"),
        service: service.to_owned(),
    })
}

/// The value of a variable; `None` if it is unset, or breaks the rule, which is
/// then a violation.
fn read<T: FromStr>(
    name: &str,
    value: &Option<String>,
    rule: &str,
    violations: &mut Violations,
) -> Option<T> {
    let read = value.as_ref()?.parse().ok();
    if read.is_none() {
        violations.add(name, rule);
    }
    read
}
