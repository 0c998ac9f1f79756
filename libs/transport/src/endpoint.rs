//! `host:port` of a plugin.

use std::{fmt, net::IpAddr, str::FromStr};

/// The host part of an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host {
    /// An address literal; nothing to resolve.
    Ip(IpAddr),
    /// A name, resolved anew for every connection.
    Name(String),
}

/// Where a plugin listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Name or address.
    pub host: Host,
    /// 1 to 65535.
    pub port: u16,
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.host {
            Host::Ip(IpAddr::V6(ip)) => write!(f, "[{ip}]:{}", self.port),
            Host::Ip(IpAddr::V4(ip)) => write!(f, "{ip}:{}", self.port),
            Host::Name(name) => write!(f, "{name}:{}", self.port),
        }
    }
}

impl FromStr for Endpoint {
    type Err = String;

    /// Reads `host:port`, `1.2.3.4:port` or `[::1]:port`.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = |why: &str| format!("endpoint `{text}` {why}; expected host:port");
        if text.contains("://") {
            return Err(wrong("has a scheme"));
        }
        let (host, port) = text.rsplit_once(':').ok_or_else(|| wrong("has no port"))?;
        let port = match port.parse::<u16>() {
            Ok(port) if port > 0 => port,
            _ => return Err(wrong("has no port between 1 and 65535")),
        };
        let bracketed = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
        let host = match bracketed {
            Some(inner) => match inner.parse() {
                Ok(ip) => Host::Ip(IpAddr::V6(ip)),
                Err(_) => return Err(wrong("has no IPv6 address in its brackets")),
            },
            None => match host.parse() {
                Ok(IpAddr::V6(_)) => return Err(wrong("needs brackets around an IPv6 address")),
                Ok(ip) => Host::Ip(ip),
                Err(_) if is_host_name(host) => Host::Name(host.to_owned()),
                Err(_) => return Err(wrong("has no valid host name")),
            },
        };
        Ok(Self { host, port })
    }
}

/// RFC 1123 names, and `_`, which container networks allow.
fn is_host_name(name: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    // All digits would be a mistyped address, not a name.
    let numeric = name.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    name.len() <= 253 && !numeric && name.strip_suffix('.').unwrap_or(name).split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_prints() {
        for text in [
            "plugin-memstore:50100",
            "a.b_c.d:1",
            "127.0.0.1:65535",
            "[::1]:50100",
        ] {
            assert_eq!(
                text.parse::<Endpoint>().map(|e| e.to_string()),
                Ok(text.to_owned())
            );
        }
    }

    #[test]
    fn refuses() {
        for text in [
            "",
            "host",
            "host:",
            "host:0",
            "host:65536",
            ":1",
            "http://host:1",
            "::1:1",
            "[x]:1",
            "300.1.1.1:1",
            "-a:1",
            "a..b:1",
            "a b:1",
        ] {
            assert!(text.parse::<Endpoint>().is_err(), "{text}");
        }
    }
}
