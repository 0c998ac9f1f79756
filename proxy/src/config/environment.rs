//! What the environment says.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

use super::{Config, Violations};

/// Of listeners whose address nobody names. Images, whose network is their own,
/// set `PRISM_LISTEN_HOST`.
const DEFAULT_HOST: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
pub(super) const ADDRESS_RULE: &str = "must be an IP address and port, such as 0.0.0.0:8980";

/// The variables that configuration reads.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// `PRISM_LISTEN_HOST`: IP address of listeners that nothing else names.
    pub listen_host: Option<String>,
    /// `PRISM_LISTEN`: `address:port` of the data plane.
    pub listen: Option<String>,
    /// `PRISM_ADMIN_LISTEN`: `address:port` of the admin server.
    pub admin_listen: Option<String>,
    /// `PRISM_DRAIN_TIMEOUT_MS`: milliseconds.
    pub drain_timeout_ms: Option<String>,
    /// `PRISM_LAME_DUCK_MS`: milliseconds.
    pub lame_duck_ms: Option<String>,
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
        }
    }
}

/// The default host of listeners.
pub(super) fn host(environment: &Environment, violations: &mut Violations) -> IpAddr {
    match environment.listen_host.as_deref().map(str::parse) {
        Some(Ok(host)) => host,
        Some(Err(_)) => {
            violations.add(
                "PRISM_LISTEN_HOST",
                "must be an IP address, such as 0.0.0.0",
            );
            DEFAULT_HOST
        }
        None => DEFAULT_HOST,
    }
}

/// Overrides what the file says.
pub(super) fn apply(environment: &Environment, config: &mut Config, violations: &mut Violations) {
    let mut set = |name: &str, value: &Option<String>, into: &mut SocketAddr| match value
        .as_deref()
        .map(str::parse)
    {
        Some(Ok(address)) => *into = address,
        Some(Err(_)) => violations.add(name, ADDRESS_RULE),
        None => {}
    };
    set("PRISM_LISTEN", &environment.listen, &mut config.listen);
    set(
        "PRISM_ADMIN_LISTEN",
        &environment.admin_listen,
        &mut config.admin_listen,
    );
    let mut set = |name: &str, value: &Option<String>, into: &mut Duration| match value
        .as_deref()
        .map(str::parse::<u32>)
    {
        Some(Ok(ms)) => *into = Duration::from_millis(ms.into()),
        Some(Err(_)) => violations.add(name, "must be a whole number of milliseconds"),
        None => {}
    };
    set(
        "PRISM_DRAIN_TIMEOUT_MS",
        &environment.drain_timeout_ms,
        &mut config.drain_timeout,
    );
    set(
        "PRISM_LAME_DUCK_MS",
        &environment.lame_duck_ms,
        &mut config.lame_duck,
    );
    let clash = config.listen == config.admin_listen && config.listen.port() != 0;
    if clash {
        violations.add(
            "listen",
            format!("both listeners would use {}", config.listen),
        );
    }
}
