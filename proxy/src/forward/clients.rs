//! How many calls each client has in flight.

use prism_transport::{Counted, Peer, PerClient};
use tonic::Status;

/// The calls in flight of every client. Cloning gives another handle.
#[derive(Clone, Debug, Default)]
pub struct Clients(PerClient);

impl Clients {
    /// Counts a call until the guard is dropped.
    ///
    /// # Errors
    /// `RESOURCE_EXHAUSTED` for a client that has too many.
    pub(super) fn enter(&self, peer: Peer, most: usize) -> Result<Counted, Status> {
        self.0.enter(peer, most).ok_or_else(|| {
            Status::resource_exhausted(format!(
                "this client has {most} calls in flight, the most that one may have; wait for some to end"
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_client_has_its_own_limit() -> Result<(), Box<dyn std::error::Error>> {
        let clients = Clients::default();
        let enter = |address: &str| -> Result<_, Box<dyn std::error::Error>> {
            Ok(clients.enter(Peer(address.parse()?), 2))
        };
        let first = enter("192.0.2.1")?;
        let second = enter("192.0.2.1")?;
        let third = enter("192.0.2.1")?.err().map(|status| status.code());
        assert_eq!(third, Some(tonic::Code::ResourceExhausted));
        assert!(enter("192.0.2.2")?.is_ok());
        drop(first);
        assert!(enter("192.0.2.1")?.is_ok());
        drop(second);

        let near = (enter("2001:db8::1")?, enter("2001:db8::2")?);
        assert!(near.0.is_ok() && near.1.is_ok() && enter("2001:db8::3")?.is_err());
        assert!(enter("2001:db8:0:1::1")?.is_ok());
        Ok(())
    }
}
