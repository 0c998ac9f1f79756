use std::net::{IpAddr, Ipv6Addr};

/// Who sent a request; in the extensions of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub IpAddr);

impl Peer {
    /// Who counts as one client: a host has all addresses of its IPv6 network,
    /// usually 64 bits wide.
    pub(crate) fn client(self) -> IpAddr {
        match self.0 {
            IpAddr::V4(_) => self.0,
            IpAddr::V6(ip) => Ipv6Addr::from_bits(ip.to_bits() >> 64 << 64).into(),
        }
    }
}
