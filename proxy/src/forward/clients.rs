//! How many calls each client has in flight.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use prism_transport::Peer;
use tonic::Status;

/// The calls in flight of every client.
#[derive(Debug, Default)]
pub struct Clients(Mutex<HashMap<IpAddr, usize>>);

impl Clients {
    /// Counts a call until the permit is dropped.
    ///
    /// # Errors
    /// `RESOURCE_EXHAUSTED` for a client that has too many.
    pub(super) fn enter(self: &Arc<Self>, peer: Peer, most: usize) -> Result<Permit, Status> {
        let client = peer.client();
        let mut all = self.lock();
        let calls = all.entry(client).or_default();
        if *calls >= most {
            return Err(Status::resource_exhausted(format!(
                "this client has {most} calls in flight, the most that one may have; wait for some to end"
            )));
        }
        *calls += 1;
        Ok(Permit {
            clients: Arc::clone(self),
            client,
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One call of one client.
#[derive(Debug)]
pub(super) struct Permit {
    clients: Arc<Clients>,
    client: IpAddr,
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut all = self.clients.lock();
        if let Some(calls) = all.get_mut(&self.client) {
            *calls -= 1;
            if *calls == 0 {
                all.remove(&self.client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_client_has_its_own_limit() -> Result<(), Box<dyn std::error::Error>> {
        let clients = Arc::new(Clients::default());
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
        assert!(clients.lock().is_empty());

        let near = (enter("2001:db8::1")?, enter("2001:db8::2")?);
        assert!(near.0.is_ok() && near.1.is_ok() && enter("2001:db8::3")?.is_err());
        assert!(enter("2001:db8:0:1::1")?.is_ok());
        Ok(())
    }
}
