use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::Peer;

/// How many of something each client has. Cloning gives another handle.
#[derive(Clone, Debug, Default)]
pub struct PerClient(Arc<Mutex<HashMap<IpAddr, usize>>>);

impl PerClient {
    /// Counts one more for a client until the guard is dropped; `None` if it
    /// already has `most`.
    #[must_use]
    pub fn enter(&self, peer: Peer, most: usize) -> Option<Counted> {
        let client = peer.client();
        let mut all = self.lock();
        let count = all.get(&client).copied().unwrap_or_default();
        if count >= most {
            return None;
        }
        all.insert(client, count + 1);
        Some(Counted {
            counts: self.clone(),
            client,
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One of those that a client has.
#[derive(Debug)]
pub struct Counted {
    counts: PerClient,
    client: IpAddr,
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut all = self.counts.lock();
        if let Some(count) = all.get_mut(&self.client) {
            *count -= 1;
            if *count == 0 {
                all.remove(&self.client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_without_any_are_forgotten() -> Result<(), Box<dyn std::error::Error>> {
        let counts = PerClient::default();
        let client = Peer("192.0.2.1".parse()?);
        let (first, second) = (counts.enter(client, 2), counts.enter(client, 2));
        assert!(first.is_some() && second.is_some() && counts.enter(client, 2).is_none());
        drop(first);
        assert_eq!(counts.lock().len(), 1);
        drop(second);
        assert!(counts.lock().is_empty());
        Ok(())
    }
}
