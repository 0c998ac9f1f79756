//! Names to addresses without the C library: a static glibc binary cannot load
//! its name service modules inside a scratch image.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    time::Duration,
};

use hickory_resolver::{
    Hosts, TokioResolver,
    config::{LookupIpStrategy, ResolveHosts},
    proto::{
        op::Query,
        rr::{Name, RecordType},
    },
};

use crate::Host;

/// The addresses of a host, best first, never empty.
///
/// Nothing is cached and the system's files are read every time: a plugin that
/// comes back may have another address, and connections are rare.
///
/// # Errors
/// When the name has no address or no name server answers.
pub async fn resolve(host: &Host) -> io::Result<Vec<IpAddr>> {
    let text = match host {
        Host::Ip(ip) => return Ok(vec![*ip]),
        // RFC 6761: localhost is loopback, whatever files and servers say.
        Host::Name(name) if name.trim_end_matches('.').eq_ignore_ascii_case("localhost") => {
            return Ok(vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]);
        }
        Host::Name(name) => name,
    };
    let name = Name::from_utf8(text).map_err(io::Error::other)?;
    let listed = Hosts::from_system()
        .map(|hosts| listed(&hosts, &name))
        .unwrap_or_default();
    if !listed.is_empty() {
        return Ok(listed);
    }
    let found = ask(name).await?;
    if found.is_empty() {
        Err(io::Error::other("no address"))
    } else {
        Ok(found)
    }
}

/// Addresses in the hosts file, where container engines put aliases.
fn listed(hosts: &Hosts, name: &Name) -> Vec<IpAddr> {
    [RecordType::A, RecordType::AAAA]
        .into_iter()
        .filter_map(|kind| hosts.lookup_static_host(&Query::query(name.clone(), kind)))
        .flat_map(|lookup| {
            lookup
                .answers()
                .iter()
                .filter_map(|r| r.data.ip_addr())
                .collect::<Vec<_>>()
        })
        .collect()
}

async fn ask(name: Name) -> io::Result<Vec<IpAddr>> {
    let mut builder = TokioResolver::builder_tokio()
        .map_err(|error| io::Error::other(format!("/etc/resolv.conf: {error}")))?;
    let options = builder.options_mut();
    options.use_hosts_file = ResolveHosts::Never;
    options.ip_strategy = LookupIpStrategy::Ipv4thenIpv6;
    // A call waits for this: fail soon, the next call asks again.
    options.timeout = Duration::from_millis(700);
    options.attempts = 1;
    let resolver = builder.build().map_err(io::Error::other)?;
    let found = resolver.lookup_ip(name).await.map_err(io::Error::other)?;
    Ok(found.iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now(host: &str) -> Option<Vec<IpAddr>> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().ok()?;
        let host = format!("{host}:1").parse::<crate::Endpoint>().ok()?.host;
        runtime.block_on(resolve(&host)).ok()
    }

    #[test]
    fn literals_and_localhost_need_no_files() {
        assert_eq!(
            now("192.0.2.7"),
            Some(vec![Ipv4Addr::new(192, 0, 2, 7).into()])
        );
        assert_eq!(now("[::1]"), Some(vec![Ipv6Addr::LOCALHOST.into()]));
        let both = vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
        assert_eq!(now("LocalHost."), Some(both));
    }

    #[test]
    fn hosts_file_lists_both_families() {
        let mut hosts = Hosts::default();
        let text = "192.0.2.1 plugin-memstore alias\n2001:db8::1 plugin-memstore\n";
        assert!(hosts.read_hosts_conf(text.as_bytes()).is_ok());
        let of = |name: &str| Name::from_utf8(name).map(|name| listed(&hosts, &name)).ok();
        let v4 = IpAddr::from(Ipv4Addr::new(192, 0, 2, 1));
        let v6 = IpAddr::from(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1));
        assert_eq!(of("plugin-memstore"), Some(vec![v4, v6]));
        assert_eq!(of("alias"), Some(vec![v4]));
        assert_eq!(of("other"), Some(vec![]));
    }
}
